"""What requests for 复查 and 复核 and their answers write into the file whose opinion is reviewed."""

from __future__ import annotations

from collections.abc import Callable

from cases import clocks
from cases.effect_kit import Turn
from cases.options import CHANGED
from cases.rules import ClockKind, Opinion
from cases.workflow import Status


def _ask_by_hand(turn: Turn) -> None:
    turn.case.review_by_hand = True


def _ask_by_letter(turn: Turn) -> None:
    turn.case.review_by_hand = False


def _ask_online(turn: Turn) -> None:
    turn.case.asked_online_on = turn.today


def _ask_late(turn: Turn) -> None:
    # Asked in time and not yet passed on: as with whoever asked online, no sweep concludes it again.
    turn.case.asked_online_on = turn.values["review_asked_on"]


def _review_answer(turn: Turn) -> None:
    turn.case.asked_online_on = None
    turn.case.review_outcome = turn.values["review_outcome"]
    if turn.case.review_outcome != CHANGED:
        return
    word = "复核" if turn.case.status == Status.RECHECKING else "复查"
    for claim in turn.claims:
        # As in the reviewing body's own file: 变更 finds for the petitioner in part at least, and its words hold now.
        claim.opinion, claim.finding = Opinion.SUPPORT.value, f"{word}变更：{turn.values['review_text']}"


def _redo(turn: Turn) -> None:
    turn.case.review_outcome, turn.case.redo_by = "redo", turn.values["redo_by"]
    turn.case.asked_online_on = None
    # The opinion is set aside: nothing is decided or served until there is a new one.
    turn.case.decided_at = None
    turn.case.served_on = None


def _review_returned(turn: Turn) -> None:
    # The petitioner asked in time, and that was not answered: the time to ask runs on from its first day.
    asked = ClockKind.ASK_RECHECK if turn.case.status == Status.RECHECKING else ClockKind.ASK_REVIEW
    clocks.resume(turn.clocks, asked)


REMEDY_EFFECTS: dict[str, Callable[[Turn], None]] = {
    "ask_review": _ask_by_hand,
    "ask_recheck": _ask_by_hand,
    "send_review": _ask_by_letter,
    "send_recheck": _ask_by_letter,
    "review_result": _review_answer,
    "recheck_result": _review_answer,
    "recheck_execute": _review_answer,
    "review_redo": _redo,
    "review_returned": _review_returned,
    "own_ask_review": _ask_online,
    "own_ask_recheck": _ask_online,
    "late_review": _ask_late,
    "late_recheck": _ask_late,
}
