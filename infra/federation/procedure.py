"""A few matters that leave the ordinary way: simple track, mediation, import, withdrawal, extension, service apart.

Their dice are their own, so that every other story stays word for word what it was.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Protocol

from cases.rules import Tier
from infra.federation import texts
from infra.federation.story import Step

#: Shares of accepted matters that go another way.
_MEDIATED, _DIVERTED, _WITHDRAWN = 0.03, 0.06, 0.075
_EXTENDED_FROM = 50
_LABOUR = ("01", "02")


class Course(Protocol):
    """What a plan's course offers."""

    def do(self, after: int, action: str, actor: str, **data: Any) -> bool:
        """Add a step; ``False`` once the story has reached today."""
        ...

    def moment(self, after: int) -> datetime | None:
        """The next moment, or ``None``."""
        ...


def dice(union: str, title: str, registered_at: datetime) -> Random:
    """The dice of one matter."""
    return Random(f"procedure/{union}/{title}/{registered_at.isoformat()}")


def may_be_simple(rng: Random, tier: Tier, *, group: bool) -> bool:
    """Whether a simple matter goes the simple track (domain.md B5); whoever says so says no repeat of it either."""
    return tier is Tier.SIMPLE and not group and rng.random() < 0.25


def leaves(rng: Random, course: Course, category: str, received: date, handler: str) -> bool:
    """Carry the matter another way once it is accepted; ``True`` when it did."""
    share = rng.random()
    if share < _MEDIATED:
        _mediate(rng, course, handler)
    elif share < _DIVERTED and category[:2] in _LABOUR:
        course.do(
            rng.randint(2, 8),
            "divert",
            handler,
            route="arbitration",
            target_body="劳动人事争议仲裁委员会",
            limitation_on=received + timedelta(days=rng.randint(120, 330)),
            reason="双方对劳动关系的事实有争议，应当先行仲裁。",
        )
    elif _DIVERTED <= share < _WITHDRAWN:
        at = course.moment(rng.randint(3, 12))
        if at is not None:
            _step(
                course, "withdraw", at, "clerk", withdrawal="written", withdrawn_on=at.date(), statement=_WITHDRAWAL
            )
    else:
        return False
    return True


_WITHDRAWAL = "单位已经与我协商解决，本人自愿撤回。"


def _mediate(rng: Random, course: Course, handler: str) -> None:
    if not course.do(rng.randint(2, 9), "mediate", handler, mediator="职工法律援助律师", both_agree=True):
        return
    at = course.moment(rng.randint(4, 12))
    if at is None:
        return
    words = {"agreement": "单位分两期支付所欠款项，职工不再主张其他。", "agreed_on": at.date()}
    _step(course, "agree", at, handler, **words)
    opinions = {1: ("support", "按调解协议支付。"), 2: ("explain", "双方协商一致，不再主张。")}
    course.do(
        rng.randint(3, 10),
        "conclude_agreement",
        handler,
        opinions=opinions,
        performed_on=None,
        result="已经按协议支付完毕。",
    )


def extend(rng: Random, course: Course, days: int, handler: str) -> int:
    """Ask for more time where the matter takes nearly all of the sixty days; the days left to the opinion."""
    if days < _EXTENDED_FROM // 2 or rng.random() > 0.5:
        return days
    asked = rng.randint(15, 22)
    reason = "需要向多个单位调取账册和用工记录。"
    if course.do(asked, "ask_extension", handler, extend_to=30, reason=reason):
        course.do(1, "grant_extension", "leader")
    return max(1, days - asked - 1)


def opinion(rng: Random, *, simple: bool) -> str:
    """How one claim ends; the simple track (简易办理) refuses nobody."""
    said = rng.choices(("support", "explain", "reject"), (70, 21, 9))[0]
    return "explain" if simple and said == "reject" else said


def serve(rng: Random, course: Course, at: datetime, handler: str, *, delivery: str, supported: bool) -> bool:
    """Serve apart from closing, and carry out what was promised; ``True`` when it did."""
    if rng.random() > 0.12:
        return False
    _step(course, "serve", at, handler, delivery=delivery, delivered_on=at.date(), receipt="signed")
    if supported and course.do(2, "execute", handler, execution_plan="督促单位财务部门按意见支付。"):
        course.do(rng.randint(5, 20), "finish", handler, result=rng.choice(texts.RESULTS))
    return True


def _step(course: Any, action: str, at: datetime, actor: str, **data: Any) -> None:
    course.steps.append(Step(action, at, actor, data))
