"""Documents a second: one paper of two pages as PDF and as docx."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from statistics import median

from bench.ground import Sizes, heading
from documents import pdf, word
from documents.layout import Sheet

_TEXT = "经调阅资料、走访单位并听取双方意见，单位自去年十二月起未按月足额支付劳动报酬，共计三个月。" * 6


def measure(sizes: Sizes) -> None:
    """Print both rates, of one process on one core."""
    heading("文书（每份两页）")
    headings = ("投诉请求", "事实和理由", "处理意见", "法律法规依据", "救济途径和期限")
    sheet = Sheet(
        title="信访事项处理意见书",
        paragraphs=[{"heading": heading_, "text": _TEXT} for heading_ in headings],
        number="测总工信意〔2026〕000012",
        addressee="王*",
        signature="测试市总工会",
        issued_on=date(2026, 3, 20),
        code="23456789ABCDEF",
        verify_url="https://example.org/verify/23456789ABCDEF",
    )
    renders: tuple[tuple[str, Callable[[Sheet], bytes]], ...] = (("PDF", pdf.render), ("docx", word.render))
    for name, render in renders:
        size = len(render(sheet))  # the first one loads fonts and templates
        seconds = median(_timed(render, sheet) for _round in range(max(3, sizes.rounds)))
        print(f"{name} {1 / seconds:,.1f} documents/s ({seconds * 1000:,.0f} ms, {size / 1024:,.0f} KB)", flush=True)


def _timed(render: Callable[[Sheet], bytes], sheet: Sheet) -> float:
    began = time.perf_counter()
    render(sheet)
    return time.perf_counter() - began
