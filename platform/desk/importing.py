"""导入: bring in a register that another office hands over, checked row by row, all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import render_template, request
from werkzeug.datastructures import FileStorage

from access.roles import Role
from cases.imports import Report, RowsError, import_cases
from cases.rules import CHANNEL_LABELS, Channel
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel import sheets
from kernel.errors import InvalidError

IMPORTS = (Role.CLERK, Role.OFFICE_HEAD)
#: A request must end while somebody waits for it (about 5 ms a row); larger registers go through the command line.
MOST_ROWS = 2_000
#: So many problems are enough to see what is wrong with a table.
MOST_PROBLEMS = 100


@guard(*IMPORTS)
def import_form() -> str:
    """The empty form."""
    return _page()


@guard(*IMPORTS)
def import_file() -> str | tuple[str, int]:
    """Check the table and, unless only a check was asked for, register what is not here yet."""
    upload = request.files.get("file")
    only_check = request.form.get("mode", "check") != "import"
    channel = request.form.get("channel", "")
    try:
        if upload is None or not upload.filename:
            raise InvalidError(_("请选择要导入的文件。"), fields={"file": _("请选择要导入的文件。")})
        with attempt():
            report = import_cases(
                work(),
                _sheet(upload),
                channel=Channel(channel) if channel in set(Channel) else Channel.ONLINE,
                dry_run=only_check,
            )
    except RowsError as error:
        return _page(message=error.message, rows=error), 422
    except InvalidError as error:
        return _page(message=error.message), 422
    return _page(report=report, only_check=only_check)


def _sheet(upload: FileStorage) -> sheets.Sheet:
    """The table of an upload. It lies on disk only while it is read: it holds names and telephones."""
    name = Path((upload.filename or "").replace("\\", "/")).name[-80:] or "table"
    with TemporaryDirectory(prefix="lianxin-import-") as folder:
        path = Path(folder) / name
        upload.save(path)
        sheet = sheets.read(path)
    if len(sheet.rows) > MOST_ROWS + 1:
        raise InvalidError(_("在网页上一次最多导入%(count)d行，请拆分后导入，或请平台运维导入。", count=MOST_ROWS))
    return sheet


def _page(
    *, message: str = "", rows: RowsError | None = None, report: Report | None = None, only_check: bool = True
) -> str:
    problems = rows.problems if rows else ()
    return render_template(
        "desk/import.html",
        message=message,
        problems=problems[:MOST_PROBLEMS],
        left_out=max(len(problems) - MOST_PROBLEMS, 0),
        warnings=rows.warnings if rows else report.warnings if report else (),
        report=report,
        only_check=only_check,
        mode=request.form.get("mode", "check"),
        channel=request.form.get("channel") or Channel.ONLINE.value,
        channels=[(found.value, label) for found, label in CHANNEL_LABELS.items()],
        most_rows=MOST_ROWS,
    )


ROUTES = (
    ("/desk/import", import_form, ("GET",)),
    ("/desk/import", import_file, ("POST",)),
)
