"""Search by Chinese words: found, ranked, paged, and only what the actor may see."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select, text

from access.actor import Work
from cases import queries, search
from cases.imports import import_cases
from cases.intake import NewParty
from cases.models import Case
from cases.queries import Filter
from cases.registers import CaseToken
from cases.words import Terms, terms
from kernel.errors import ForbiddenError, InvalidError
from kernel.sheets import Row, Sheet
from tests.builders import Federation


def found(federation: Federation, q: str, login: str = "head@street", **wanted: Any) -> list[str]:
    with federation.work(login) as work:
        return [case.title for case in queries.newest(work, Filter(q=q, **wanted)).cases]


def test_a_word_in_title_content_claim_or_respondent_finds_the_case(federation: Federation) -> None:
    federation.register(
        title="食堂卫生意见",
        content="厨房里有老鼠，冬天没有暖气。",
        claims=("更换承包商",),
        parties=(NewParty(name="测试甲"), NewParty(role="respondent", organisation="测试纺织厂")),
    )
    federation.register(title="另一件", content="别的事情")
    for word in (
        "食堂",
        "老鼠",
        "承包商",
        "纺织",
        "暖",
        "卫生 老鼠",
        "000001",
        "1",
        "东一工信〔2026〕000001",
        "东一工信[2026]000001",
    ):
        assert found(federation, word) == ["食堂卫生意见"], word
    assert found(federation, "工伤认定") == []
    assert found(federation, "%") == []


def test_a_name_finds_nothing_by_words_even_when_it_stands_in_the_text(federation: Federation) -> None:
    federation.register(title="欧阳测试反映欠薪", content="我叫欧阳测试", parties=(NewParty(name="欧阳测试"),))
    assert found(federation, "欧阳测试") == []
    assert found(federation, "欠薪") == ["欧阳测试反映欠薪"]
    with federation.work("clerk@street") as work:
        assert not {"欧阳", "阳测"} & set(work.session.scalars(select(CaseToken.token)))


def test_a_telephone_is_sent_to_its_own_page(federation: Federation) -> None:
    with pytest.raises(InvalidError, match="按信访人查找"):
        found(federation, "13800001111")


def test_more_of_the_words_come_first_and_then_the_newest(federation: Federation) -> None:
    federation.register(title="拖欠工资三个月不发放", content="情况")
    federation.register(title="拖欠工资三个月", content="情况")
    federation.register(title="拖欠工资一年", content="情况")
    federation.register(title="拖欠工资三个月", content="情况，后来")
    assert found(federation, "拖欠工资三个月不") == ["拖欠工资三个月不发放", "拖欠工资三个月", "拖欠工资三个月"]


def test_filters_and_pages_work_together_with_words(federation: Federation) -> None:
    for place in range(5):
        federation.register(title=f"拖欠工资第{place}件", channel="letter" if place % 2 else "visit")
    assert found(federation, "拖欠工资", channel="letter") == ["拖欠工资第3件", "拖欠工资第1件"]
    seen: list[str] = []
    cursor = None
    with federation.work("head@street") as work:
        while True:
            page = queries.newest(work, Filter(q="拖欠工资"), limit=2, cursor=cursor)
            seen += [case.title for case in page.cases]
            cursor = page.next_cursor
            if cursor is None:
                break
        plain = queries.newest(work, Filter(), limit=2).next_cursor
        with pytest.raises(InvalidError, match="翻页"):
            queries.newest(work, Filter(q="拖欠工资"), cursor=plain)
    assert seen == [f"拖欠工资第{place}件" for place in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("login", "count"),
    [
        ("head@street", 1),
        ("leader@street", 1),
        ("clerk@street", 0),
        ("handler@street", 0),
        ("supervisor@street", 0),
        ("admin@street", 0),
        ("security@street", 0),
        ("auditor@street", 0),
        ("head@east", 0),
        ("leader@city", 0),
    ],
)
def test_a_sealed_case_is_found_only_by_those_who_may_see_it(federation: Federation, login: str, count: int) -> None:
    case = federation.register(title="反映贪污挪用", category="13.01")
    assert case.sealed
    assert len(found(federation, "贪污", login)) == count


def test_a_case_that_triage_seals_is_found_no_more(federation: Federation) -> None:
    case = federation.register(title="反映贪污挪用")
    assert found(federation, "贪污", "clerk@street") == ["反映贪污挪用"]
    federation.act("clerk@street", case.number, "triage", purpose="report", category="13.01", tier="ordinary")
    assert found(federation, "贪污", "clerk@street") == []


def test_an_import_is_found_by_its_words(federation: Federation) -> None:
    sheet = Sheet((Row(1, ("主题", "时间", "内容")), Row(2, ("宿舍漏水", "2026-03-01", "三楼漏水两个月"))), (), None)
    with federation.work("head@street") as work:
        import_cases(work, sheet)
    assert found(federation, "漏水") == ["宿舍漏水"]


def test_the_backfill_writes_what_is_missing_once_and_goes_on_where_it_stopped(federation: Federation) -> None:
    for place in range(3):
        federation.register(title=f"欠薪第{place}件")
    with federation.work_as_system("street") as work:
        work.session.connection().execute(text("update cases set tokenised = false"))
    version = None
    with federation.work_as_system("street") as work:
        assert search.backfill(work, limit=2) == 2
    with federation.work_as_system("street") as work:
        assert search.backfill(work, limit=2) == 1
        assert search.backfill(work, limit=2) == 0
        version = {case.version for case in queries.newest(work, Filter()).cases}
    assert version == {1}
    with federation.work("head@street") as work, pytest.raises(ForbiddenError):
        search.backfill(work)


@pytest.mark.parametrize("few", [0, search.FEW])
def test_the_search_is_two_statements_and_reads_the_tokens_by_their_key(
    federation: Federation, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    with federation.work_as_system("street") as work:
        work.session.connection().execute(
            text(
                "insert into case_tokens (tenant_id, token, case_id) select app.tenant(), '词' || n % 500, uuidv7() "
                "from generate_series(1, 20000) n"
            )
        )
    federation.register(title="拖欠工资三个月", received_on=date(2026, 3, 1))
    sent: list[tuple[str, Any]] = []
    with federation.work("head@street") as work:
        session = work.session
        session.connection()  # the transaction's own SET LOCAL is not the search's

        def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            sent.append((statement, parameters))

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert queries.newest(work, Filter(q="拖欠工资")).cases
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len(sent) == 2, "how many have the words, and the page"
        for statement, parameters in sent:
            explained = session.connection().exec_driver_sql("explain " + statement, parameters)
            plan = "\n".join(row[0] for row in explained)
            assert "pk_case_tokens" in plan
            assert "Seq Scan on case_tokens" not in plan


@pytest.mark.parametrize(
    "q", ["工资", "拖欠工资", "食堂 工伤", "拖欠工资和工伤认定", "拖欠工资食堂卫生工伤", "薪", "拖欠 薪"]
)
def test_however_common_the_words_are_the_same_cases_come_in_the_same_order(
    federation: Federation, monkeypatch: pytest.MonkeyPatch, q: str
) -> None:
    chance = random.Random(7)
    for number in range(24):
        words = chance.sample(("拖欠工资", "工伤认定", "食堂卫生", "拖欠薪水", "拖欠工资和工伤"), k=2)
        federation.register(title=f"第{number}件", content="，".join(words))
    few = [found(federation, q), *(found(federation, q, channel=channel) for channel in ("visit", "letter"))]
    with federation.work("head@street") as work:
        counted = queries.count(work, Filter(q=q))
        asked = terms(q)
        true = [
            case.title for case in queries.newest(work, Filter()).cases if _matched(work, case, asked) >= asked.needed
        ]
    assert set(few[0]) == set(true) and counted == len(true)
    monkeypatch.setattr(search, "FEW", 0)
    assert [found(federation, q), *(found(federation, q, channel=channel) for channel in ("visit", "letter"))] == few
    with federation.work("head@street") as work:
        assert queries.count(work, Filter(q=q)) == counted


def _matched(work: Work, case: Case, asked: Terms) -> int:
    """The rule once more in Python, on the case's own tokens."""
    own = set(work.session.scalars(select(CaseToken.token).where(CaseToken.case_id == case.id)))
    begins = sum(any(token.startswith(one) for token in own) for one in asked.beginnings)
    return len(own & set(asked.exact)) + begins
