"""Who a letter may go to: the unions that its kind allows, the direct ones first, found by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from access.actor import Work
from dispatches.kinds import KIND_LABELS, LEVELLED, RELATIONS, LetterKind
from dispatches.queries import Addressee, LetterView
from doorway.words import N_, _
from kernel.errors import InvalidError, NotFoundError
from tenants import queries as tenants
from tenants.models import KIND_LABELS as UNION_KINDS
from tenants.models import Kind, Tenant
from tenants.relations import relation
from tenants.standing import Relation

WAYS: dict[Relation, str] = {
    Relation.UP: N_("上级"),
    Relation.DOWN: N_("下级"),
    Relation.SIDEWAYS: N_("平级"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """The union that a letter is for and how it stands to ours."""

    tenant: Tenant
    relation: Relation
    depth: int
    #: The common superior who passes a sideways letter on.
    through: Tenant | None
    #: Levels passed over (越级): each needs the reason.
    skipped: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list to choose from."""

    number: int
    name: str
    kind: str
    way: str
    skipped: int


def ways(work: Work) -> frozenset[Relation]:
    """Directions in which the union has anybody at all, in two short statements."""
    found = set()
    if tenants.parent(work.session, work.tenant_id) is not None:
        found |= {Relation.UP, Relation.SIDEWAYS}
    if tenants.has_children(work.session, work.tenant_id):
        found.add(Relation.DOWN)
    return frozenset(found)


def find(work: Work, kind: LetterKind, text: str) -> Target:
    """The union that an address names.

    :raises InvalidError: when the kind does not go there; whether such a union exists is not told.
    """
    refused = InvalidError(_("%(kind)s函不能发给所选单位，请从列表中选择。", kind=KIND_LABELS[kind]))
    if not text.isdecimal() or len(text) > 18:
        raise refused
    try:
        tenant = tenants.get(work.session, int(text))
    except NotFoundError:
        raise refused from None
    standing = relation(work.session, work.tenant_id, tenant.id)
    if standing.kind is None or standing.kind not in RELATIONS[kind]:
        raise refused
    common = standing.common_superior_id
    skipped = standing.depth - 1 if kind in LEVELLED and standing.kind is not Relation.SIDEWAYS else 0
    return Target(
        tenant,
        standing.kind,
        standing.depth,
        tenants.get(work.session, common) if standing.kind is Relation.SIDEWAYS and common is not None else None,
        skipped,
    )


def holder(work: Work, view: LetterView) -> Target:
    """Whoever holds a letter of ours: a reminder goes there and nowhere else."""
    tenant = tenants.get(work.session, view.letter.recipient_id)
    standing = relation(work.session, work.tenant_id, tenant.id)
    return Target(tenant, standing.kind or Relation.DOWN, standing.depth, None, 0)


def choices(found: Sequence[Addressee], kind: LetterKind) -> list[Choice]:
    """Lines to choose from, in the order given."""
    return [
        Choice(
            number=addressee.tenant.id,
            name=addressee.tenant.name,
            kind=UNION_KINDS[Kind(addressee.tenant.kind)],
            way=_(WAYS[addressee.relation]),
            skipped=addressee.depth - 1 if kind in LEVELLED and addressee.relation is not Relation.SIDEWAYS else 0,
        )
        for addressee in found
    ]
