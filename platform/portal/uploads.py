"""Files that a worker chose: read from the form, and named again when they have to be chosen once more."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import FileStorage

from documents.attachments import Upload
from documents.contents import clean_name


def read_uploads(files: Sequence[FileStorage]) -> tuple[Upload, ...]:
    """What a file field holds; an empty one holds a file without a name."""
    return tuple(Upload(one.filename, one.stream.read()) for one in files if one.filename)


def lost_names(uploads: Sequence[Upload]) -> tuple[str, ...]:
    """A browser does not give chosen files back after a mistake."""
    return tuple(clean_name(upload.name) for upload in uploads)
