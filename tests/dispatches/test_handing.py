"""The letter of a handover: every file of the matter goes along once, under the grant that the predecessor had."""

from __future__ import annotations

from datetime import date

import pytest

from dispatches import files, handing, queries
from dispatches.kinds import LetterKind
from dispatches.queries import LetterView
from dispatches.services import NewFile
from kernel.errors import ForbiddenError
from tests.builders import Federation
from tests.dispatches.carried import matter, on, sent, taken
from tests.dispatches.letters import post
from tests.dispatches.test_heritage import carry, merge
from tests.dispatches.test_queries import later
from tests.documents.uploads import PDF, png


def sheet(number: int, until: date | None = None) -> NewFile:
    return NewFile(f"材料{number}.pdf", PDF + b"%" + str(number).encode() + b"\n", open_until=until)


def handover(federation: Federation, who: str) -> LetterView:
    with federation.work(who) as work:
        [found] = [found for found in queries.inbox(work) if found.kind is LetterKind.HANDOVER]
        return queries.get(work, found.letter.id)


def test_files_of_every_letter_of_the_case_go_along_under_the_grant_that_we_had(federation: Federation) -> None:
    came = sent(
        federation,
        to="east",
        login="head@city",
        files=(sheet(1), sheet(2, date(2026, 3, 5)), sheet(3, date(2026, 4, 1))),
    )
    own = taken(federation, "head@east", came)
    on(federation, "head@city", came, "progress", text="补充两份材料。", files=(sheet(1), sheet(4)))
    federation.act("clerk@east", own.number, "triage", purpose="request", category="01.01", tier="ordinary")
    asked = post(
        federation,
        "head@east",
        LetterKind.ASSIST,
        to=federation.ids["street"],
        case_number=own.number,
        files=(sheet(5, date(2026, 3, 4)), NewFile("照片.png", png())),
    )
    on(federation, "head@street", asked, "sign")
    on(federation, "head@street", asked, "start")
    on(federation, "head@street", asked, "reply", text="已协助核实情况。", files=(sheet(6),))
    later(federation, days=5)  # the grant of the second file has ended
    merge(federation, "east", "west")
    found = handover(federation, "head@west")
    with federation.work("head@west") as work:
        lines = files.of_letter(work, found.letter.id)
        assert [(line.name, line.open_until) for line in lines] == [
            ("材料1.pdf", None),
            ("材料3.pdf", date(2026, 4, 1)),
            ("材料4.pdf", None),
            ("材料5.pdf", None),
            ("照片.png", None),
            ("材料6.pdf", None),
        ], "each content once, and what was ours without the limit that we gave to others"
        assert [event.action for event in found.events] == ["send", "pass_on", "pass_on"], "five files an act"
        assert files.open_file(work, found.letter.id, lines[0].id).content == sheet(1).content
    later(federation, days=60)
    with federation.work("head@west") as work, pytest.raises(ForbiddenError, match="查阅期限"):
        files.open_file(work, found.letter.id, lines[1].id)


def test_a_file_of_a_letter_that_was_taken_back_stays(federation: Federation) -> None:
    case = matter(federation)
    withdrawn = sent(federation, case=case, to="street", files=(sheet(1),))
    on(federation, "head@east", withdrawn, "withdraw", text="发函有误，收回重发")
    merge(federation, "east", "west")
    with federation.work("head@west") as work:
        found = handover(federation, "head@west")
        # It is our own: who attached it may always open it.
        assert [line.name for line in files.of_letter(work, found.letter.id)] == ["材料1.pdf"]
    with federation.work("head@street") as work:
        assert [line.openable for line in files.of_letter(work, withdrawn.id)] == [False]


def test_a_letter_that_comes_back_is_written_again_with_its_files_and_no_more_rights(federation: Federation) -> None:
    order = sent(
        federation, to="east", login="head@city", files=(sheet(1, date(2026, 3, 20)), sheet(2, date(2026, 3, 3)))
    )
    later(federation, days=3)
    merge(federation, "east", "west")
    with federation.work("head@west") as work:
        [again] = [found for found in queries.inbox(work) if found.letter.refers_to == order.id]
        lines = files.of_letter(work, again.letter.id)
        assert [(line.name, line.open_until, line.openable) for line in lines] == [
            ("材料1.pdf", date(2026, 3, 20), True)
        ]


def test_the_words_of_a_handover_are_masked(federation: Federation) -> None:
    told = {
        "notes": [{"on": "2026-03-02", "text": "赵晓明来访"}],
        "claims": [{"finding": "赵晓明的诉求成立"}, {"finding": ""}],
    }
    said = handing.request(told, ["发给东区的函：赵晓明"], lambda words: words.replace("赵晓明", "赵*"))
    assert "赵晓明" not in said and said.count("赵*") == 3
    carry(federation)
