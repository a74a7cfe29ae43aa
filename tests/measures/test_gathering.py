"""What own files add: employers and words, of recent open files of the category, and of no sealed one."""

from __future__ import annotations

from datetime import timedelta

from cases.intake import NewParty
from kernel.clock import FixedClock
from measures import gathering
from measures.spot_rules import Places
from tests.builders import Federation


def registered(federation: Federation, firm: str, title: str, *, sort: bool = True, **changes: object) -> None:
    number = federation.register(
        "clerk@street",
        title=title,
        content=title,
        claims=(title,),
        parties=(NewParty(name="欧阳明月"), NewParty(role="respondent", organisation=firm)),
        received_on=federation.clock.today(),
        **changes,
    ).number
    if not sort:
        return
    federation.act("clerk@street", number, "triage", purpose="request", category="01.01", tier="ordinary")


def test_employers_of_recent_cases_are_counted_and_sealed_ones_are_not(federation: Federation) -> None:
    for firm in ("甲厂", "甲厂", "甲厂", "乙厂"):
        registered(federation, firm, "外卖骑手的工资")
    registered(federation, "丙厂", "外卖骑手的工资", confidential=True)
    since = federation.clock.today() - timedelta(days=27)
    with federation.work_as_system("street") as work:
        assert gathering.employers(work, "01", since) == Places(2, 1, 3)
        assert gathering.employers(work, "02", since) == Places(0, 0, 0)
        assert gathering.employers(work, "01", since + timedelta(days=40)) == Places(0, 0, 0)


def test_words_of_recent_cases_against_those_before_without_names(federation: Federation) -> None:
    for _ in range(30):
        registered(federation, "甲乙丙制衣厂", "办公用品", sort=False)
    federation.clock = FixedClock(federation.clock.now() + timedelta(days=40))
    for _ in range(8):
        registered(federation, "甲乙丙制衣厂", "外卖骑手说欧阳明月不给付", sort=False)
    since = federation.clock.today() - timedelta(days=27)
    with federation.work_as_system("street") as work:
        found = gathering.terms(work, None, since)
        assert gathering.terms(work, "01", since) == ()
    told = "".join(found)
    assert "外卖骑手" in told
    assert not any(pair in told for pair in ("欧阳", "阳明", "明月", "制衣"))
