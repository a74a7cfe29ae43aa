"""Files between unions: two sealed copies, one grant, and every opening on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from audit.services import history
from cases.models import Case
from dispatches import files
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterEvent, LetterFile
from dispatches.services import Draft, NewFile, act, send
from kernel.clock import FixedClock
from kernel.crypto import DecryptionError
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from tests.builders import Federation
from tests.dispatches.carried import DUE, NAME, matter, on, sent, taken
from tests.dispatches.letters import nothing_left
from tests.documents.uploads import PDF, docx, png

SHEET = NewFile("工资条.pdf", PDF)


def listed(federation: Federation, login: str, letter: Letter) -> list[files.FileLine]:
    with federation.work(login) as work:
        return files.of_letter(work, letter.id)


def opened(federation: Federation, login: str, letter: Letter, place: int = 0) -> files.Opened:
    line = listed(federation, login, letter)[place]
    with federation.work(login) as work:
        return files.open_file(work, letter.id, line.id)


def test_both_sides_hold_a_copy_under_their_own_key(federation: Federation) -> None:
    letter = sent(federation, files=(SHEET, NewFile("../照片", png())))
    for login, own in (("head@east", True), ("clerk@street", False)):
        assert [(line.seq, line.name, line.media_type, line.own) for line in listed(federation, login, letter)] == [
            (1, "工资条.pdf", "application/pdf", own),
            (1, "照片.png", "image/png", own),
        ]
        assert opened(federation, login, letter) == files.Opened("工资条.pdf", "application/pdf", PDF)
    with federation.work_as_system("street") as work:
        file = work.session.scalars(select(LetterFile).order_by(LetterFile.id)).first()
        assert file is not None
        assert PDF not in file.content
        with pytest.raises(DecryptionError):
            work.cipher.open(federation.ids["east"], f"letter_file/{file.id}", file.content)


def test_an_act_carries_files_back(federation: Federation) -> None:
    letter = sent(federation)
    taken(federation, "head@street", letter)
    on(federation, "head@street", letter, "reply", text="已督促补发工资。", files=(NewFile("回执.docx", docx()),))
    line = listed(federation, "head@east", letter)[0]
    assert (line.seq, line.name, line.own, line.openable) == (4, "回执.docx", False, True)


def test_every_opening_is_an_event_and_sending_names_digests_only(federation: Federation) -> None:
    letter = sent(federation, files=(SHEET,))
    opened(federation, "clerk@street", letter)
    with federation.work("head@street") as work:
        events = [event for event in history(work.session, letter.id) if event.action == "letter:file_open"]
        assert [event.actor_name for event in events] == ["测试登记员"]
    with federation.work("head@east") as work:
        told = {event.action: event.data for event in history(work.session, letter.id)}
    assert len(told["letter:attach"]["sha256"]) == 1
    assert "工资条" not in str(told)


def test_after_the_senders_day_the_other_copy_does_not_open_and_the_own_one_does(federation: Federation) -> None:
    letter = sent(federation, files=(replace(SHEET, open_until=date(2026, 3, 5)),))
    opened(federation, "head@street", letter)
    federation.clock = FixedClock(datetime(2026, 3, 6, 1, tzinfo=UTC))
    assert not listed(federation, "head@street", letter)[0].openable
    with pytest.raises(ForbiddenError, match="查阅期限"):
        opened(federation, "head@street", letter)
    assert opened(federation, "head@east", letter).content == PDF


def test_what_was_taken_back_is_closed_to_the_other_side(federation: Federation) -> None:
    letter = sent(federation, files=(SHEET,))
    on(federation, "head@east", letter, "withdraw", text="发错单位，撤回重发")
    with pytest.raises(ForbiddenError, match="撤回"):
        opened(federation, "head@street", letter)
    assert opened(federation, "head@east", letter).content == PDF


def test_the_files_of_a_sealed_letter_are_there_for_those_who_see_it(federation: Federation) -> None:
    case = matter(federation)
    with federation.work("head@east") as work:
        work.session.get_one(Case, (work.tenant_id, case.id)).sealed = True
    letter = sent(federation, case=case, files=(SHEET,))
    line = listed(federation, "leader@street", letter)[0]
    assert listed(federation, "clerk@street", letter) == []
    with pytest.raises(NotFoundError), federation.work("clerk@street") as work:
        files.open_file(work, letter.id, line.id)


@pytest.mark.parametrize("login", ["head@west", "head@city", "admin@street", "auditor@east", "root@platform"])
def test_nobody_else_finds_the_file(federation: Federation, login: str) -> None:
    letter = sent(federation, files=(SHEET,))
    line = listed(federation, "head@east", letter)[0]
    assert listed(federation, login, letter) == []
    with pytest.raises(NotFoundError), federation.work(login) as work:
        files.open_file(work, letter.id, line.id)


def test_the_sender_writes_across_and_reads_nothing_there(federation: Federation) -> None:
    letter = sent(federation, files=(SHEET,))
    taken(federation, "head@street", letter)
    on(federation, "head@street", letter, "reply", text="已督促补发工资。", files=(NewFile("内部.pdf", PDF),))
    with federation.work("head@east") as work:
        seen = work.session.execute(text("select distinct tenant_id from letter_files")).scalars().all()
        assert seen == [federation.ids["east"]]
        for statement in ("update letter_files set name = 'x'", "delete from letter_files"):
            with pytest.raises(ProgrammingError, match="permission denied"), work.session.begin_nested():
                work.session.execute(text(statement))


def test_without_the_permission_to_address_nothing_is_written_across(federation: Federation) -> None:
    letter = sent(federation)
    with federation.work("head@east") as work:
        own = work.session.scalars(select(Letter).where(Letter.id == letter.id)).one()
        with pytest.raises(ProgrammingError, match="row-level security"), work.session.begin_nested():
            files.attach(work, own, 1, (SHEET,))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ((SHEET,) * 6, "最多附上5个文件"),
        ((NewFile("a.svg", b"<svg onload='x'/>"),), "不是可以附上的格式"),
        ((replace(SHEET, open_until=date(2026, 3, 1)),), "不能早于今天"),
    ],
)
def test_a_letter_with_a_bad_file_is_not_sent_at_all(
    federation: Federation, bad: tuple[NewFile, ...], words: str
) -> None:
    case = matter(federation)
    with pytest.raises(InvalidError, match=words) as refused, federation.work("head@east") as work:
        draft = Draft(
            LetterKind.ORDER, federation.ids["street"], "", "属于你单位职权", due_on=DUE, case_number=case.number
        )
        send(work, replace(draft, files=bad))
    assert "files" in refused.value.fields
    assert nothing_left(federation, "street")
    with federation.work("head@east") as work:
        assert work.session.scalars(select(Case.status).where(Case.id == case.id)).one() == "triaged"


def test_an_act_with_a_bad_file_writes_no_event(federation: Federation) -> None:
    letter = sent(federation)
    with federation.work("head@east") as work:
        with pytest.raises(InvalidError):
            act(work, letter.id, "progress", {"text": "补充一份材料", "files": (NewFile("a.exe", b"MZ\x90\x00"),)})
        assert work.session.scalars(select(func.count()).select_from(LetterEvent)).one() == 1


def test_a_persons_name_in_a_file_name_is_masked(federation: Federation) -> None:
    letter = sent(federation, files=(NewFile(f"{NAME}投诉书.pdf", PDF),))
    assert listed(federation, "head@street", letter)[0].name == "赵*投诉书.pdf"
