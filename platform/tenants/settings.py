"""What a union sets for itself: read once a transaction, checked in words, changed with before and after.

The values lie as JSON in one row (``access.models.TenantSetting``) and only where they differ from the defaults, so
that a better default reaches everybody who never chose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from access import limits
from access.actor import Work
from access.models import TenantSetting
from access.roles import Role
from audit.services import record
from kernel.db import TenantSession
from kernel.errors import ConflictError, ForbiddenError, InvalidError
from tenants import setting_checks as checks

#: Under this key a session keeps what it has read, so that a request pays one statement at most.
_KEPT = "tenant_settings"
TIERS = ("simple", "ordinary", "hard")
#: Kinds of reports (``reports.periods.Kind``), and the longest time that one may have.
REPORTS, LONGEST_REPORT_DAYS = ("week", "month", "quarter", "year"), 90
RULES = ("hard", "overdue", "collective", "retaliation", "conflict", "dissatisfied")
RULE_CHOICES = ("off", "remind", "send")
MASK_RULES = ("standard", "strict")
#: 复查机关: the superior of the first line, of the second line, or a body that is not on the platform.
FIRST_LINE, SECOND_LINE, OUTSIDE = "first_line", "second_line", "outside"
CHOICES: dict[str, tuple[str, ...]] = {
    "mask_rule": MASK_RULES,
    "review_target": (FIRST_LINE, SECOND_LINE, OUTSIDE),
    "mediation_ends": ("agreed", "performed"),
    "portal_contact": ("department", "person"),
}

#: Names that papers print, and how long each may be.
TEXTS: dict[str, int] = {"review_body": 60, "recheck_body": 60}

#: Name → (default, smallest, largest) of the numbers that no floor below needs.
NUMBERS: dict[str, tuple[int, int, int]] = {
    "collective_threshold": (5, 2, 100),
    "overdue_days": (15, 1, 365),
    "supervision_days": (15, 1, 365),
    "retention_years": (10, 1, 100),
    "feedback_days": (30, 1, 365),
    "progress_days": (0, 0, 60),
    "urgent_report_days": (1, 0, 30),
    **{f"follow_up_{place}_days": (days, 0, 365) for place, days in (("first", 30), ("second", 90))},
    **limits.NUMBERS,
}

#: Security policy belongs to the security administrator (安全管理员), the rest to the tenant's (三员分立, GB/T
#: 22239-2019 8.1.5).
SECURITY = frozenset({*limits.NUMBERS, "mask_rule"})
WORKING = frozenset(
    {
        *("collective_threshold", "warning_bands", "tier_days", "holiday_rollover", "follow_up_first_days"),
        *("escalation_rules", "overdue_days", "supervision_days", "retention_years", "follow_up_second_days"),
        *(
            "review_target",
            "review_body",
            "recheck_body",
            "mediation_ends",
            "feedback_days",
            "progress_days",
            "urgent_report_days",
        ),
        *("portal_contact", "report_days"),
    }
)


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """A union's settings. Days are calendar days, bands are percent of the allowed time used."""

    #: 集体访: from this many people on ([C2]; sources disagree).
    collective_threshold: int = 5
    #: From these shares of the allowed time on: yellow, orange, orange and pressing, red ([C6]).
    warning_bands: tuple[int, int, int, int] = (50, 75, 85, 99)
    #: Internal target by difficulty, shown beside the statutory date and never in its place.
    tier_days: Mapping[str, int] = field(default_factory=lambda: {"simple": 13, "ordinary": 30, "hard": 60})
    holiday_rollover: bool = True  # A deadline on a holiday ends on the next working day (民法典 art. 203).
    idle_minutes: int = 30
    absolute_hours: int = 12
    password_min_length: int = 10
    password_days: int = 0  # 0: never.
    lock_after: int = 10
    mask_rule: str = "standard"
    escalation_rules: Mapping[str, str] = field(
        default_factory=lambda: {
            "hard": "remind",
            "overdue": "send",
            "collective": "send",
            "retaliation": "send",
            "conflict": "remind",
            "dissatisfied": "remind",
        }
    )
    overdue_days: int = 15
    supervision_days: int = 15
    #: The unit supplies it, with the archives' approval; there is no legal number (domain.md E13).
    retention_years: int = 10
    #: Who reviews this union's opinions (domain.md F2).
    review_target: str = FIRST_LINE
    #: 复查机关, 复核机关 by name where the body is not on the platform; empty: papers say 上一级机关、单位.
    review_body: str = ""
    recheck_body: str = ""
    #: A mediation ends the case when it is agreed, or only when it was performed (T32; local rules differ).
    mediation_ends: str = "agreed"
    portal_contact: str = "department"  # Whom a petitioner is told to ask online: that, or the handler's name too.
    #: 建议采纳反馈: 2022 gives no number; 30 is the old rule's.
    feedback_days: int = 30
    #: 进展反馈 in working days, a local rule; 0: off.
    progress_days: int = 0
    #: 重大紧急报告: the law says “及时”; 0: off.
    urgent_report_days: int = 1
    follow_up_first_days: int = 30  # 回访 after closing (domain.md E3) [设]; 0: off.
    follow_up_second_days: int = 90
    #: [设] Days after a period's end by which its report is to be with the superior; no rule names a day.
    report_days: Mapping[str, int] = field(default_factory=lambda: {"week": 2, "month": 5, "quarter": 10, "year": 31})
    version: int = 0  # 0: nothing was ever changed. A form carries the version that it was drawn from.


NAMES = tuple(one.name for one in fields(TenantSettings) if one.name != "version")


def of(session: TenantSession) -> TenantSettings:
    """The settings of the session's tenant; the defaults when it never changed one.

    One statement by primary key for the session's life, none when the session check has brought them (:func:`keep`).
    """
    found = session.info.get(_KEPT)
    if isinstance(found, TenantSettings):
        return found
    row = session.execute(
        select(TenantSetting.values, TenantSetting.version).where(TenantSetting.tenant_id == session.tenant_id)
    ).first()
    return keep(session, row[0], row[1]) if row is not None else keep(session, None, 0)


def keep(session: TenantSession, values: Mapping[str, Any] | None, version: int) -> TenantSettings:
    """Read stored values for a session that somebody else has fetched, and remember them there."""
    settings = read(values, version)
    session.info[_KEPT] = settings
    return settings


def read(values: Mapping[str, Any] | None, version: int) -> TenantSettings:
    """Stored values as settings. What breaks a rule by now stands at its default; nothing raises."""
    given: dict[str, Any] = {}
    for name, value in (values or {}).items():
        if name in NAMES:
            try:
                given[name] = _checked(name, value)
            except InvalidError:
                continue
    return TenantSettings(**given, version=version)


def change(work: Work, changes: Mapping[str, Any], *, version: int | None = None) -> TenantSettings:
    """Change some settings and leave an event with before and after of each that really changed.

    ``version`` is the one that the form was drawn from. Two administrators at once: the row is locked, the second
    one's version is old.

    :raises ForbiddenError: for a setting that is not the actor's to change.
    :raises InvalidError: with one sentence a field; nothing is written.
    :raises ConflictError: when somebody changed the settings since ``version``.
    """
    _check_owner(work, changes)
    wanted = check(changes)
    row = _lock(work)
    if version is not None and version != row.version:
        raise ConflictError("其他管理员刚刚修改了设置，请刷新后再改；您填写的内容仍保留在页面上。")
    before = read(row.values, row.version)
    changed = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    if not changed:
        return keep(work.session, row.values, row.version)
    _check_together(replace(before, **changed))
    row.values = {**row.values, **{name: _plain(value) for name, value in changed.items()}}
    row.version, row.updated_at = row.version + 1, work.clock.now()
    work.session.flush()
    record(
        work,
        "settings:change",
        subject_type="settings",
        data={
            "before": {name: _plain(getattr(before, name)) for name in changed},
            "after": {name: _plain(value) for name, value in changed.items()},
        },
    )
    return keep(work.session, row.values, row.version)


def check(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The values, checked and in their own types.

    :raises InvalidError: with one sentence for each that breaks its rule; an unknown name is one.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in changes.items():
        try:
            values[name] = _checked(name, value)
        except InvalidError as error:
            problems.update(error.fields or {name: error.message})
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    return values


def _check_together(after: TenantSettings) -> None:
    if after.idle_minutes > after.absolute_hours * 60:
        sentence = "无操作退出的时间不能长于最长登录时间。"
        raise InvalidError(sentence, fields={"idle_minutes": sentence})


def _check_owner(work: Work, changes: Mapping[str, Any]) -> None:
    names, actor = set(changes), work.actor
    if actor.holds(Role.SYSTEM):
        return
    if names <= SECURITY and actor.holds(Role.SECURITY_ADMIN):
        return
    if names & SECURITY and actor.holds(Role.TENANT_ADMIN):
        raise ForbiddenError("密码、超时和脱敏规则由安全管理员设置（三员分立）。")
    if names - SECURITY and actor.holds(Role.SECURITY_ADMIN):
        raise ForbiddenError("业务设置由租户管理员设置（三员分立）。")
    actor.require((Role.TENANT_ADMIN,))


def _lock(work: Work) -> TenantSetting:
    # The row is made first and locked second: two first changes at once must meet in one row.
    work.session.execute(
        insert(TenantSetting)
        .values(tenant_id=work.tenant_id, values={}, version=0, updated_at=work.clock.now())
        .on_conflict_do_nothing()
    )
    return work.session.scalars(
        select(TenantSetting).with_for_update().execution_options(populate_existing=True)
    ).one()


#: Name → the keys of a setting that is a table, and the rule for each value.
_TABLES: dict[str, tuple[tuple[str, ...], Callable[[Any], Any]]] = {
    "tier_days": (TIERS, lambda entry: checks.number(entry, 1, 365)),
    "report_days": (REPORTS, lambda entry: checks.number(entry, 1, LONGEST_REPORT_DAYS)),
    "escalation_rules": (RULES, lambda entry: checks.choice(entry, RULE_CHOICES)),
}


def _checked(name: str, value: Any) -> Any:
    if name in NUMBERS:
        return checks.number(value, *NUMBERS[name][1:])
    if name == "warning_bands":
        return checks.bands(value)
    if name in _TABLES:
        keys, rule = _TABLES[name]
        return checks.table(name, value, keys, rule)
    if name in TEXTS:
        return checks.line(value, TEXTS[name])
    if name in CHOICES:
        return checks.choice(value, CHOICES[name])
    if name == "holiday_rollover":
        if not isinstance(value, bool):
            raise InvalidError("请选择是或否。")
        return value
    raise InvalidError("没有这项设置。")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
