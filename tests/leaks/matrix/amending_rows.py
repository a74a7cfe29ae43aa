"""Rows of what puts a registered file right: whom it accuses, and what was written down wrongly."""

from __future__ import annotations

from tests.leaks.matrix.rows import Row

AMENDING_ROWS: dict[tuple[str, str], Row] = {
    # The file of the matrix is no report: only a sealed one has the page, and only a sealed one is refused in words.
    ("desk.accused_form", "GET"): Row("head", ok=(404,)),
    ("desk.accused_save", "POST"): Row("head", form={"reason": "矩阵测试的理由"}, ok=(404,)),
    ("desk.correct_form", "GET"): Row("head", shows="case"),
    ("desk.correct_save", "POST"): Row("head", form={}, ok=(422,), shows="case"),
}
