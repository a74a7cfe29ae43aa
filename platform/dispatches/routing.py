"""Where a draft goes: the relation that its kind asks for, the way round a suspended union, and levels skipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from access.actor import Work
from dispatches.drafts import Draft
from dispatches.kinds import KIND_LABELS, LEVELLED, RELATIONS, LetterKind
from kernel.errors import InvalidError
from tenants import queries as tenants
from tenants.models import Tenant
from tenants.relations import lines_above, nearest_active, relation
from tenants.standing import Relation

MAX_REASON = 500
#: What each direction asks of the recipient, for the sentence of a refusal.
_WAYS: dict[Relation, str] = {
    Relation.UP: "本单位的上级",
    Relation.DOWN: "本单位的下级",
    Relation.SIDEWAYS: "与本单位有共同上级的单位",
    Relation.SUCCESSION: "承继单位",
}


@dataclass(frozen=True, slots=True)
class Route:
    """Who gets the letter, who is meant behind them, and how many levels were passed over."""

    recipient: Tenant
    relation: Relation
    beyond: Tenant | None = None
    skipped: int = 0
    skip_reason: str | None = None


def route(work: Work, draft: Draft) -> Route:
    """The way of a draft from the actor's union.

    :raises NotFoundError: for a union that does not exist.
    :raises InvalidError: when the tree does not allow it, for a union that does not work on the platform now (the
        sentence names the way round), and for a skipped level without a reason.
    """
    kind, allowed = draft.kind, RELATIONS[draft.kind]
    if kind is LetterKind.HANDOVER:
        return Route(_active(work, tenants.get(work.session, draft.to)), Relation.SUCCESSION)
    if allowed == {Relation.UP} and not lines_above(work.session, (work.tenant_id,))[work.tenant_id]:
        raise InvalidError(
            f"本单位没有上级工会，不能{_verb(kind)}；请由本级办理或依法告知信访人其他途径。", code="no_superior"
        )
    recipient = tenants.get(work.session, draft.to)
    standing = relation(work.session, work.tenant_id, recipient.id)
    if Relation.SIDEWAYS in allowed and (draft.beyond is not None or standing.kind is Relation.SIDEWAYS):
        return _sideways(work, draft)
    if draft.beyond is not None:
        raise InvalidError(f"{KIND_LABELS[kind]}函直接发给收函单位，不经共同的上级转交。", code="no_relation")
    if standing.kind is None or standing.kind not in allowed:
        raise _no_relation(kind, recipient)
    _active(work, recipient, standing.kind)
    skipped = standing.depth - 1 if kind in LEVELLED else 0
    return Route(recipient, standing.kind, None, skipped, _reason(skipped, draft.skip_reason))


def superior(work: Work) -> int:
    """The union directly above.

    :raises InvalidError: at a root.
    """
    above = tenants.parent(work.session, work.tenant_id)
    if above is None:
        raise InvalidError("本单位没有上级工会，不能上报；请由本级办理或依法告知信访人其他途径。", code="no_superior")
    return above.id


def _sideways(work: Work, draft: Draft) -> Route:
    meant = tenants.get(work.session, draft.to if draft.beyond is None else draft.beyond)
    lines = lines_above(work.session, (work.tenant_id, meant.id))
    mine, theirs = lines[work.tenant_id], lines[meant.id]
    common = [union for union in mine if union in theirs]
    if not common or meant.id in mine or work.tenant_id in theirs:
        raise _no_relation(draft.kind, meant)
    _active(work, meant, Relation.SIDEWAYS)
    named = draft.beyond is not None and draft.to != draft.beyond
    through = draft.to if named else common[0]
    if through not in common:
        raise InvalidError(
            f"发给{meant.name}的{KIND_LABELS[draft.kind]}函须由双方共同的上级工会转交，请选择共同的上级。",
            fields={"to": "不是双方共同的上级"},
            code="no_relation",
        )
    recipient = _active(work, tenants.get(work.session, through), Relation.UP, common)
    skipped = common.index(through)
    return Route(recipient, Relation.SIDEWAYS, meant, skipped, _reason(skipped, draft.skip_reason))


def _active(work: Work, union: Tenant, way: Relation | None = None, superiors: Iterable[int] | None = None) -> Tenant:
    if union.status == "active":
        return union
    state = "已停用" if union.status == "suspended" else "已关闭"
    if way is Relation.UP:
        line = superiors if superiors is not None else lines_above(work.session, (work.tenant_id,))[work.tenant_id]
        following = nearest_active(work.session, line)
        told = f"上级工会（{union.name}）目前{state}，不能接收函件，"
        told += f"可以写明理由，越级发给{following.name}。" if following else "请联系平台管理员。"
        raise InvalidError(told, fields={"to": f"收函单位{state}"}, code="no_superior")
    following = nearest_active(work.session, lines_above(work.session, (union.id,))[union.id])
    told = f"{union.name}目前{state}，不能接收函件，"
    if following is None:
        told += "请联系平台管理员。"
    elif following.id == work.tenant_id:
        told += "请由本单位直接办理，或者改发其他单位。"
    else:
        told += f"请改发其上级工会（{following.name}）。"
    raise InvalidError(told, fields={"to": f"收函单位{state}"}, code="not_active")


def _reason(skipped: int, reason: str) -> str | None:
    """The reason of a skipped level, kept with the letter and counted; a letter that skips none keeps none."""
    cleaned = reason.strip()
    if not skipped:
        return None
    if len(cleaned) < 4:
        raise InvalidError(
            f"本函越过{skipped}级发送，请写明越级的理由（不少于4个字）。", fields={"skip_reason": "请写明越级的理由"}
        )
    if len(cleaned) > MAX_REASON:
        raise InvalidError(f"越级理由不能超过{MAX_REASON}个字。", fields={"skip_reason": f"不能超过{MAX_REASON}个字"})
    return cleaned


def _no_relation(kind: LetterKind, union: Tenant) -> InvalidError:
    ways = "或者".join(_WAYS[way] for way in Relation if way in RELATIONS[kind])
    return InvalidError(
        f"{KIND_LABELS[kind]}函只能发给{ways}；{union.name}不在此列。",
        fields={"to": "不能发给该单位"},
        code="no_relation",
    )


def _verb(kind: LetterKind) -> str:
    return KIND_LABELS[kind]
