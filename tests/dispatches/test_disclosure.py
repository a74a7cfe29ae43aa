"""What a letter tells, and what stays at home."""

from __future__ import annotations

from cases.intake import NewParty
from dispatches.services import escalate
from tests.builders import Federation
from tests.dispatches.letters import REASON, REQUEST, sent, view


def test_the_letter_names_no_petitioner_no_telephone_and_no_content(federation: Federation) -> None:
    letter = sent(
        federation,
        title="测试甲反映三个月工资未发",
        claims=("补发测试甲的工资，电话13800001111", "补缴社会保险"),
        content="单位自去年十二月起未发工资，班长可以作证。",
    )
    told = view(federation, "head@east", letter).letter
    everything = str([told.snapshot, told.subject, told.reason, told.request])
    for secret in ("测试甲", "13800001111", "班长可以作证"):
        assert secret not in everything
    assert told.subject == "测*反映三个月工资未发"
    assert [claim["text"] for claim in told.snapshot["claims"]] == [
        "补发测*的工资，电话138****1111",
        "补缴社会保险",
    ]
    assert told.snapshot["respondents"] == ["测试厂"]


def test_a_reason_that_names_the_petitioner_is_veiled_on_its_way_up(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work:
        letter = escalate(work, case.number, reason="测试甲多次来访，情绪激动", request=REQUEST)
    assert view(federation, "head@east", letter).letter.reason == "测*多次来访，情绪激动"


def test_an_address_and_an_identity_number_are_veiled_and_a_town_is_not(federation: Federation) -> None:
    letter = sent(
        federation,
        title="住东一街道九号院二栋的职工反映欠薪",
        claims=("身份证11010519491231002X名下的工资", "东一街道的其他职工也有欠薪"),
        parties=(
            NewParty(name="测试甲", id_number="11010519491231002X", address="东一街道九号院二栋"),
            NewParty(role="affected", name="测试甲乙", address="东一街道"),
        ),
    )
    told = view(federation, "head@east", letter).letter
    assert told.subject == "住（住址略）的职工反映欠薪"
    assert [claim["text"] for claim in told.snapshot["claims"]] == [
        "身份证**************002X名下的工资",
        "东一街道的其他职工也有欠薪",
    ]


def test_of_two_names_the_longer_one_is_veiled_whole(federation: Federation) -> None:
    people = (NewParty(name="测试"), NewParty(role="affected", name="测试甲乙"))
    letter = sent(federation, title="测试甲乙与测试反映欠薪", parties=people)
    assert letter.subject == "测*与测*反映欠薪"


def test_a_wish_for_secrecy_goes_along(federation: Federation) -> None:
    case = federation.accepted(confidential=True)
    with federation.work("head@street") as work:
        letter = escalate(work, case.number, reason=REASON, request=REQUEST)
    assert letter.snapshot["confidential"] is True
    assert "content" not in letter.snapshot
