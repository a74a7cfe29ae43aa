"""评价 in the petitioner's own hand, of the office and of the unit apart; 不满意 leads to 复查."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cases.handling import CaseRating
from cases.models import Case
from tests.builders import Federation
from tests.portal.test_acting import now
from tests.portal.test_tracking import coded
from tests.portal.visitors import act, enter
from tests.web.clients import login
from tests.web.conftest import MovingClock


@pytest.fixture
def closed(federation: Federation) -> Case:
    case = federation.decided()
    return federation.act(
        "handler@street",
        case.number,
        "close",
        delivery="in_person",
        delivered_on="2026-03-02",
        executed_on="2026-03-02",
        receipt="signed",
        result="已答复信访人。",
    )


def begin(client: FlaskClient, federation: Federation, case: Case) -> str:
    answer = enter(client, case.number, coded(federation, case.number), wanted="rate")
    assert answer.headers["Location"].endswith("/rate")
    return client.get(answer.headers["Location"]).text


def test_both_are_rated_apart_in_own_hand_and_shown_so(
    client: FlaskClient, clock: MovingClock, federation: Federation, closed: Case
) -> None:
    page = begin(client, federation, closed)
    assert page.count('type="radio"') == 6
    sent = act(client, "rate", {"unit.rating": "mostly_satisfied", "office.rating": "satisfied"})
    assert sent.status_code == 303
    page = client.get(sent.headers["Location"]).text
    assert "已经收到您的评价" in page and "您本人评价" in page and "您不满意" not in page
    with federation.work_as_system("street") as work:
        rows = {row.about: row for row in work.session.scalars(select(CaseRating))}
    assert {about: row.rating for about, row in rows.items()} == {"unit": "mostly_satisfied", "office": "satisfied"}
    assert all((row.entered_by, row.told_how, row.recorded_by) == ("petitioner", None, None) for row in rows.values())
    assert now(federation, closed.number).rated_by_staff is False
    login(client, "head@street")
    desk = client.get(f"/cases/{closed.number}").text
    assert "（信访人本人评价）" in desk and "信访人网上评价" in desk and "代录）" not in desk


def test_dissatisfaction_wants_a_reason_and_offers_a_review_with_day_and_body(
    client: FlaskClient, clock: MovingClock, federation: Federation, closed: Case
) -> None:
    begin(client, federation, closed)
    bare = act(client, "rate", {"unit.rating": "dissatisfied", "office.rating": "satisfied"})
    assert bare.status_code == 422 and "请写明不满意的地方" in bare.text and "checked" in bare.text
    with federation.work_as_system("street") as work:
        assert work.session.scalars(select(CaseRating)).all() == []
    sent = act(client, "rate", {"unit.rating": "dissatisfied", "unit.reason": "少算了两个月工资"})
    page = client.get(sent.headers["Location"]).text
    assert "您不满意，可以这样做" in page and "2026年4月1日以前" in page and "东区总工会" in page
    assert 'href="/portal/street/track#review"' in page
    assert now(federation, closed.number).dissatisfied == 1
    login(client, "head@street")
    desk = client.get(f"/cases/{closed.number}").text
    assert "不满意" in desk and "少算了两个月工资" in desk


def test_nothing_chosen_is_no_rating_and_an_open_case_has_none(
    client: FlaskClient, clock: MovingClock, federation: Federation, closed: Case
) -> None:
    begin(client, federation, closed)
    assert act(client, "rate", {}).status_code == 422
    assert act(client, "rate", {"unit.rating": "wonderful"}).status_code == 422
    case = federation.accepted()
    assert "办结以后就可以评价" in begin(client, federation, case)
    assert act(client, "rate", {"unit.rating": "satisfied"}).status_code == 409
    fresh = client.application.test_client()
    assert "查询码" in fresh.get("/portal/street/rate").text
    with federation.work_as_system("street") as work:
        assert work.session.scalars(select(CaseRating)).all() == []


def test_what_staff_wrote_down_may_be_said_anew_in_own_hand(
    client: FlaskClient, clock: MovingClock, federation: Federation, closed: Case
) -> None:
    federation.act(
        "clerk@street",
        closed.number,
        "rate",
        rated_about="unit",
        rating="satisfied",
        told_how="call",
        reason="电话回访时说满意",
    )
    assert "工作人员代您记录" in begin(client, federation, closed)
    act(client, "rate", {"unit.rating": "dissatisfied", "unit.reason": "我没有说过满意"})
    done = now(federation, closed.number)
    assert (done.rating, done.rated_by_staff) == ("dissatisfied", False)
