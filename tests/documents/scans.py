"""Larger files: a scan of many pages, as an office machine makes it."""

from __future__ import annotations

import io

import pypdfium2
from fpdf import FPDF
from PIL import Image


def scan(pages: int = 40, *, noise: int = 0) -> bytes:
    """A PDF of so many pages, each one picture; ``noise`` bytes that do not shrink make it heavier."""
    picture = io.BytesIO()
    Image.effect_noise((620, 877), 60).convert("RGB").save(picture, "JPEG", quality=40)
    paper = FPDF(format="A4")
    for _page in range(pages):
        paper.add_page()
        paper.image(picture, 0, 0, 210)
    made = bytes(paper.output())
    return made.replace(b"%%EOF", b"%" + b"9" * noise + b"\n%%EOF") if noise else made


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 60)) -> bytes:
    """A small photograph."""
    made = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(made, kind)
    return made.getvalue()


def words_of(paper: bytes) -> list[str]:
    """What a reader finds on every page, without spaces and line ends."""
    document = pypdfium2.PdfDocument(paper)
    try:
        found = []
        for page in document:
            text = page.get_textpage()
            found.append("".join(text.get_text_range().split()))
            text.close()
            page.close()
        return found
    finally:
        document.close()
