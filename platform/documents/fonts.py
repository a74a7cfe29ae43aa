"""The two fonts of a paper, cut down to the characters that stand on it.

They lie in a wheel (Noto Serif SC and Noto Sans SC, OFL), so that every machine prints the same page. A whole font
has thirty thousand glyphs and costs half a second to load; HarfBuzz cuts out some hundred in a few milliseconds.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from uuid import uuid4

import pylopdf_fonts_zh_cn
import uharfbuzz as harfbuzz

#: 宋体 for text and title, 黑体 for headings.
SERIF, SANS = "serif", "sans"
#: What a page may need beside the words that it is made of: numbers, punctuation, the words of its own furniture.
ALWAYS = (
    "".join(map(chr, range(32, 127)))
    + "　—·“”‘’《》〔〕（），。；：、？！□*第页共年月日验证码扫核对真伪盖章国项目内容号"
)


@cache
def _face(name: str) -> harfbuzz.Face:
    paths = {SERIF: pylopdf_fonts_zh_cn.serif_path, SANS: pylopdf_fonts_zh_cn.sans_path}
    return harfbuzz.Face(harfbuzz.Blob.from_file_path(str(paths[name]())))


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="lianxin-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def cut(name: str, text: Iterable[str]) -> Path:
    """A file with the glyphs for ``text``; whoever asked removes it. Characters that the font lacks are left out."""
    wanted = harfbuzz.SubsetInput()
    wanted.sets(harfbuzz.SubsetInputSets.UNICODE).set({ord(character) for part in text for character in part})
    # Without its features: nothing on a paper is shaped, and their tables are most of what is loaded.
    wanted.sets(harfbuzz.SubsetInputSets.LAYOUT_FEATURE_TAG).clear()
    path = _folder() / f"{name}-{uuid4().hex}.otf"
    path.write_bytes(harfbuzz.subset(_face(name), wanted).blob.data)
    return path
