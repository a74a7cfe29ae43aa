"""A figure beside an earlier one, in words. Pure.

The words are the field's own (大幅减少、保持稳定、略有增加); where they begin is a setting of this module [设] and is
said on the report. Two small numbers are not compared: from 2 to 4 is no doubling.
"""

from __future__ import annotations

#: Per cent of the earlier figure: up to the first a figure stays as it was, from the second on it moves much.
STEADY, MUCH = 10, 30
#: Below this many on both sides nothing is said.
LEAST = 10

WORDS_RULE = f"变动不超过{STEADY}%为“保持稳定”，超过{MUCH}%为“大幅”，两期都不足{LEAST}件的不作比较。"
NO_RATE = "—"


def trend(now: int | str, before: int | str | None) -> str:
    """``大幅增加``, ``略有减少`` …; a dash where nothing can be compared, or a number is hidden."""
    if isinstance(now, str) or isinstance(before, str):
        return NO_RATE
    if before is None or (now < LEAST and before < LEAST):
        return NO_RATE
    difference = now - before
    if abs(difference) * 100 <= STEADY * before:
        return "保持稳定"
    much = abs(difference) * 100 > MUCH * before
    return ("大幅" if much else "略有") + ("增加" if difference > 0 else "减少")


def percent(met: int, due: int) -> str:
    """``85.7%`` with one place, rounded half up; a dash for no case: 0/0 is no rate (domain.md C)."""
    if due == 0:
        return NO_RATE
    tenths = (met * 2000 + due) // (due * 2)
    return f"{tenths // 10}.{tenths % 10}%"
