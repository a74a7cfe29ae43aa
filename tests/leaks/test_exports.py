"""Leak channel: export files. What one union takes out holds nothing of another, and nobody's name or telephone."""

from __future__ import annotations

import io

import openpyxl
import pytest

from archives import listing_jobs, listings
from archives.listings import Order
from cases.ledger import BY_KEY
from cases.queries import Filter
from tests.leaks.copying import MARKS, NAMES, PHONES
from tests.leaks.twins import Twins

pytestmark = pytest.mark.xdist_group("twins")


def words_of(content: bytes, form: str) -> str:
    if form == "csv":
        return content.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(str(row) for sheet in book for row in sheet.iter_rows(values_only=True))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize(("own", "other"), [("east", "west"), ("west", "east")])
def test_a_made_file_holds_one_unions_cases_and_no_identity(twins: Twins, own: str, other: str, form: str) -> None:
    with twins.work(f"leader@{own}") as work:
        told = Order(Filter(), "全部信访件", form, tuple(BY_KEY), "核对导出内容")
        identifier = listings.ask(work, told).id
    with twins.federation.work_as_system(own) as work:
        listing_jobs.make(work, {"export": str(identifier)})
    with twins.federation.work_as_system(other) as work:
        # The identifier alone leads nowhere from another union's transaction.
        listing_jobs.make(work, {"export": str(identifier)})
    with twins.work(f"leader@{own}") as work:
        export, stream = listings.open_one(work, identifier)
        everything = words_of(b"".join(stream), form)
        listings.remove(work, identifier)
    assert export.lines >= 7
    assert f"{MARKS[own]}registered" in everything
    for slug in set(MARKS) - {own}:
        assert MARKS[slug] not in everything
        assert NAMES[slug] not in everything
    assert f"{MARKS[own]}甲" not in everything, "the petitioner's name"
    for phone in PHONES.values():
        assert phone not in everything
    assert f"{PHONES[own][:3]}****{PHONES[own][-4:]}" in everything
