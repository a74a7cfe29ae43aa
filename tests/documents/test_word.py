"""Papers as office documents: the same words, and the same bytes whenever they are made."""

from __future__ import annotations

import io
import time
from datetime import date

import docx
import pytest

from documents import word
from documents.layout import Sheet

PAPER = Sheet(
    title="信访事项处理意见书",
    paragraphs=[{"heading": "处理意见", "text": "单位十日内补发三个月工资。\n补缴社会保险费。"}],
    number="测总工信意〔2026〕000012",
    addressee="王*",
    signature="测试市总工会",
    issued_on=date(2026, 3, 20),
)


def test_the_words_stand_in_the_order_of_the_paper() -> None:
    lines = [line.text for line in docx.Document(io.BytesIO(word.render(PAPER))).paragraphs if line.text]
    assert lines[:6] == [
        "信访事项处理意见书",
        "测总工信意〔2026〕000012",
        "王*：",
        "处理意见",
        "单位十日内补发三个月工资。",
        "补缴社会保险费。",
    ]
    assert "测试市总工会" in lines and "2026年3月20日" in lines


def test_the_same_paper_is_the_same_bytes_at_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made, later = word.render(PAPER), time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    assert word.render(PAPER) == made
