"""第三方调解员 and 外部机关: the union's own lists, from which forms choose and beside which they let one type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases.handling import ExternalBody, Mediator
from cases.handling_rules import AVOIDANCE, BODY_KINDS, MEDIATOR_KINDS
from cases.models import Case, Party
from kernel.errors import InvalidError, NotFoundError
from kernel.ids import uuid7

KEEPERS = (Role.TENANT_ADMIN, Role.OFFICE_HEAD, Role.SYSTEM)
MAX_NAME, MAX_WORDS = 60, 200
_TOLD: dict[type[Any], tuple[str, ...]] = {
    Mediator: ("kind", "agreed_on", "agreed_until", "active"),
    ExternalBody: ("name", "kind", "address", "phone", "purpose", "active"),
}
_ACTION: dict[type[Any], str] = {Mediator: "mediator", ExternalBody: "body"}
Kept = Mediator | ExternalBody


def save_mediator(work: Work, values: Mapping[str, Any], row_id: UUID | None = None) -> Mediator:
    """A mediator, new or changed. ``agreed_on`` and ``agreed_until`` are dates as typed.

    :raises ForbiddenError: for anybody but the administrator and the head of the office.
    :raises InvalidError: with one sentence a field.
    """
    problems: dict[str, str] = {}
    told = {
        **_named(values, MEDIATOR_KINDS, problems),
        **{name: _words(values, name, problems) for name in ("expertise", "availability")},
        "agreed_on": _day(values, "agreed_on", problems),
        "agreed_until": _day(values, "agreed_until", problems),
    }
    signed, until = told["agreed_on"], told["agreed_until"]
    if signed is not None and signed > work.clock.today():
        problems["agreed_on"] = "保密协议的签订日期不能晚于今天。"
    if until is not None and (signed is None or until < signed):
        problems["agreed_until"] = "有效期应在签订日期以后；没有签订的不填。"
    saved: Mediator = _save(work, Mediator, told, problems, row_id)
    return saved


def save_body(work: Work, values: Mapping[str, Any], row_id: UUID | None = None) -> ExternalBody:
    """An external body, new or changed; as :func:`save_mediator`."""
    problems: dict[str, str] = {}
    told = {
        **_named(values, BODY_KINDS, problems),
        **{name: _words(values, name, problems) for name in ("address", "phone", "purpose")},
    }
    saved: ExternalBody = _save(work, ExternalBody, told, problems, row_id)
    return saved


def remove(work: Work, model: type[Kept], row_id: UUID) -> None:
    """Take an entry out. Papers and cases that named it keep the name.

    :raises NotFoundError: when there is none.
    """
    work.actor.require(KEEPERS)
    row = _get(work, model, row_id)
    before = _told(row)
    work.session.delete(row)
    work.session.flush()
    _record(work, model, "remove", row_id, {"before": before})


def usable_mediators(work: Work) -> Sequence[Mediator]:
    """Mediators who may be asked today: in use, with an agreement of confidentiality that holds."""
    today = work.clock.today()
    rows = work.session.scalars(select(Mediator).where(Mediator.active.is_(True)).order_by(Mediator.name))
    return [row for row in rows if _bound(row, today)]


def bodies(work: Work) -> Sequence[ExternalBody]:
    """External bodies in use, by kind and name."""
    return work.session.scalars(
        select(ExternalBody).where(ExternalBody.active.is_(True)).order_by(ExternalBody.kind, ExternalBody.name)
    ).all()


def check_mediator(work: Work, case: Case, name: str) -> None:
    """A mediator of the list works under an agreement (E23) and has no interest; others are named freely.

    :raises InvalidError: in a sentence that says what is missing.
    """
    row = work.session.scalars(select(Mediator).where(Mediator.name == name)).first()
    if row is not None and not row.active:
        raise InvalidError("所选调解员已停用，请选择其他调解员。")
    if row is not None and not _bound(row, work.clock.today()):
        raise InvalidError("所选调解员没有在有效期内的保密协议，不能参与调解；请先签订并在调解员名册登记。")
    index = work.cipher.blind_index(work.tenant_id, "name", name)
    same = select(Party.id).where(Party.case_id == case.id, Party.name_index == index)
    if work.session.scalars(same.limit(1)).first() is not None:
        raise InvalidError(f"所选调解员与本件当事人的登记信息相符，应当回避（{AVOIDANCE}），请选择其他调解员。")


def _bound(row: Mediator, today: date) -> bool:
    return row.agreed_on is not None and (row.agreed_until is None or today <= row.agreed_until)


def _named(values: Mapping[str, Any], kinds: Mapping[str, str], problems: dict[str, str]) -> dict[str, Any]:
    name, kind = str(values.get("name") or "").strip(), str(values.get("kind") or "")
    if len(name) < 2 or len(name) > MAX_NAME:
        problems["name"] = f"请填写名称，2至{MAX_NAME}个字。"
    if kind not in kinds:
        problems["kind"] = "请选择类别。"
    return {"name": name, "kind": kind, "active": bool(values.get("active", True))}


def _words(values: Mapping[str, Any], name: str, problems: dict[str, str]) -> str:
    text = str(values.get(name) or "").strip()
    if len(text) > MAX_WORDS:
        problems[name] = f"不能超过{MAX_WORDS}个字。"
    return text


def _day(values: Mapping[str, Any], name: str, problems: dict[str, str]) -> date | None:
    value = values.get(name)
    if value is None or isinstance(value, date):
        return value
    if not str(value).strip():
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        problems[name] = "日期不正确，请重新选择。"
        return None


def _save(work: Work, model: type[Any], told: dict[str, Any], problems: dict[str, str], row_id: UUID | None) -> Any:
    work.actor.require(KEEPERS)
    row = _get(work, model, row_id) if row_id is not None else model(id=uuid7())
    before = _told(row) if row_id is not None else None
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    for name, value in told.items():
        setattr(row, name, value)
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError:
        sentence = "名册里已有同名的一项，请修改原来的一项。"
        raise InvalidError(sentence, fields={"name": sentence}) from None
    after = _told(row)
    if before is None:
        _record(work, model, "create", row.id, {"after": after})
    elif before != after:
        _record(work, model, "change", row.id, {"before": before, "after": after})
    return row


def _get(work: Work, model: type[Any], row_id: UUID) -> Any:
    row = work.session.scalars(select(model).where(model.id == row_id).with_for_update()).first()
    if row is None:
        raise NotFoundError
    return row


def _told(row: Kept) -> dict[str, Any]:
    """What the log keeps: of a mediator no name and no words, because a volunteer is a person."""
    values = {name: getattr(row, name) for name in _TOLD[type(row)]}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _record(work: Work, model: type[Any], what: str, row_id: UUID, data: dict[str, Any]) -> None:
    kind = _ACTION[model]
    record(work, f"{kind}:{what}", subject_type=kind, subject_id=row_id, data=data)
