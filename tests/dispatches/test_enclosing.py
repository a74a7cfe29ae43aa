"""Who the people are: handed over on purpose, sealed for one union, opened in one place, on record without a name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, text

from audit.models import AuditEvent
from cases import queries
from cases.intake import NewParty
from cases.models import Case
from dispatches import enclosing
from dispatches.kinds import LetterKind
from kernel.crypto import DecryptionError
from kernel.errors import InvalidError
from tests.builders import Federation
from tests.dispatches.carried import ADDRESS, ID_NUMBER, NAME, PHONE, WORDS, copy_of, deliver, matter, sent, taken

SECRETS = (NAME, PHONE, ID_NUMBER, ADDRESS, WORDS)


def test_only_the_recipients_copy_has_the_enclosure_and_only_its_key_opens_it(federation: Federation) -> None:
    letter = sent(federation, share_identity=True)
    assert copy_of(federation, "east", letter).enclosure is None
    sealed = copy_of(federation, "street", letter).enclosure
    assert sealed is not None
    street, east = federation.ids["street"], federation.ids["east"]
    told = json.loads(federation.cipher.decrypt(street, "enclosure", sealed))
    assert told["content"] == WORDS
    assert told["parties"][0]["id_number"] == ID_NUMBER
    with pytest.raises(DecryptionError):
        federation.cipher.decrypt(east, "enclosure", sealed)


def test_without_the_senders_wish_nothing_is_enclosed(federation: Federation) -> None:
    assert copy_of(federation, "street", sent(federation)).enclosure is None


def test_no_row_on_either_side_shows_a_secret_before_the_case_is_registered(federation: Federation) -> None:
    letter = sent(federation, share_identity=True)
    deliver(federation, "street")
    for slug in ("east", "street"):
        with federation.work_as_system(slug) as work:
            for table in ("letters", "letter_events", "outbox", "notices", "audit_events"):
                rows = work.session.execute(text(f"select x::text from {table} x")).scalars().all()
                shown = [secret for secret in SECRETS if any(secret in row for row in rows)]
                assert not shown, (slug, table)
    assert letter.subject == "赵*反映三个月工资未发"


def test_both_sides_have_the_handing_over_on_record_without_the_data(federation: Federation) -> None:
    letter = sent(federation, share_identity=True, share_reason="便于联系本人")
    deliver(federation, "street")
    taken(federation, "head@street", letter)
    wanted = {
        "east": ["letter:enclose"],
        "street": ["letter:enclosure_received", "letter:enclosure_open"],
    }
    for slug, actions in wanted.items():
        with federation.work_as_system(slug) as work:
            events = work.session.scalars(
                select(AuditEvent).where(AuditEvent.action.like("letter:encl%")).order_by(AuditEvent.seq)
            ).all()
            assert [event.action for event in events] == actions
            everything = str([event.data for event in work.session.scalars(select(AuditEvent)).all()])
            assert not [secret for secret in SECRETS if secret in everything]


def test_the_enclosure_may_name_the_people_of_the_letter_but_the_letter_does_not(federation: Federation) -> None:
    letter = sent(federation, share_identity=True, reason=f"{NAME}多次来访", request=f"请联系{NAME}（{PHONE}）")
    received = copy_of(federation, "street", letter)
    assert (received.reason, received.request) == ("赵*多次来访", "请联系赵*（139****5678）")


@pytest.mark.parametrize(
    ("changes", "draft", "field"),
    [
        ({"anonymous": True, "parties": ()}, {}, "share_identity"),
        ({"confidential": True}, {}, "share_identity"),
        ({"confidential": True}, {"share_confirmed": True}, "share_reason"),
        ({"confidential": True}, {"share_confirmed": True, "share_reason": "好"}, "share_reason"),
    ],
)
def test_who_wants_to_stay_unknown_is_not_handed_over(
    federation: Federation, changes: dict[str, Any], draft: dict[str, Any], field: str
) -> None:
    case = matter(federation, **changes)
    with pytest.raises(InvalidError) as refused:
        sent(federation, case=case, share_identity=True, **draft)
    assert list(refused.value.fields) == [field]


def test_a_request_for_secrecy_takes_a_confirmation_and_a_reason(federation: Federation) -> None:
    case = matter(federation, confidential=True)
    letter = sent(federation, case=case, share_identity=True, share_confirmed=True, share_reason="本人已书面同意转交")
    own = taken(federation, "head@street", letter)
    assert own.confidential
    with federation.work("head@east") as work:
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "letter:enclose")).one()
    assert event.data["reason"] == "本人已书面同意转交"


def test_a_report_against_officials_asks_for_the_same(federation: Federation) -> None:
    case = matter(federation)
    with federation.work("head@east") as work:
        work.session.get_one(Case, (work.tenant_id, case.id)).sealed = True
    with pytest.raises(InvalidError, match="检举控告"):
        sent(federation, case=case, share_identity=True)


def test_a_kind_that_hands_nothing_over_encloses_nobody(federation: Federation) -> None:
    with pytest.raises(InvalidError, match="交办、转送、协办"):
        sent(federation, kind=LetterKind.FILE_REQUEST, subject="调阅材料", share_identity=True)
    with pytest.raises(InvalidError, match="没有选择信访件"):
        sent(federation, case_number=None, subject="交办事项", share_identity=True)


def test_another_unions_enclosure_does_not_open(federation: Federation) -> None:
    received = copy_of(federation, "street", sent(federation, share_identity=True))
    with pytest.raises(DecryptionError), federation.work_as_system("east") as work:
        enclosing.unseal(work, received)


def test_respondents_and_several_people_go_along(federation: Federation) -> None:
    people = (
        NewParty(role="representative", name="钱一民", phone="13800002222"),
        NewParty(role="representative", name="孙二民"),
        NewParty(role="respondent", organisation="测试厂"),
    )
    case = matter(federation, parties=people, title="集体反映欠薪", claims=("补发工资",), headcount=12)
    own = taken(federation, "head@street", sent(federation, case=case, share_identity=True))
    with federation.work("head@street") as work:
        parties = queries.file(work, own.number).parties
    assert [(party.role, party.name_mask, party.organisation) for party in parties] == [
        ("representative", "钱*", None),
        ("representative", "孙*", None),
        ("respondent", None, "测试厂"),
    ]
    assert (own.headcount, own.collective) == (12, True)
