"""A tenant's second classification."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from cases.classifications import load
from cases.models import Classification
from kernel.errors import ForbiddenError, InvalidError
from kernel.sheets import Row, Sheet
from tests.builders import Federation


def count(federation: Federation) -> int:
    with federation.work_as_system("street") as work:
        return work.session.scalars(select(func.count()).select_from(Classification)).one()


def test_a_second_classification_is_loaded_once(federation: Federation) -> None:
    rows = (("level1", "level2", "level3"), ("甲", "乙", "丙"), ("甲", "乙", None), ("甲", "乙", "丙"))
    sheet = Sheet(tuple(Row(number, cells) for number, cells in enumerate(rows, start=1)))
    for expected in ((2, 0), (0, 2)):
        with federation.work("admin@street") as work:
            assert load(work, sheet, "内容分类") == expected
    assert count(federation) == 2
    with federation.work("clerk@street") as work, pytest.raises(ForbiddenError):
        load(work, sheet, "内容分类")


def test_a_classification_with_a_hole_is_refused_by_row(federation: Federation) -> None:
    rows = (("一级分类", "二级分类", "三级分类"), ("甲", "", "丙"), ("", "乙", ""))
    sheet = Sheet(tuple(Row(number, cells) for number, cells in enumerate(rows, start=1)))
    with federation.work_as_system("street") as work, pytest.raises(InvalidError, match=r"第2行.*第3行"):
        load(work, sheet, "内容分类")
    with federation.work_as_system("street") as work, pytest.raises(InvalidError, match="缺少必需的列"):
        load(work, Sheet((Row(1, ("名称",)),)), "内容分类")
    assert count(federation) == 0
