"""The parties of a file as its page shows them: behind their masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.identity import shown_name, shown_phone
from cases.models import Party
from cases.rules import AUTHORITIES, PARTY_LABELS, PartyRole
from doorway.words import _


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party behind its mask."""

    position: int
    role: str
    name: str
    phone: str
    subject: str
    #: 代理权限 of an agent.
    authority: str
    #: Whether there is an identity to show; an organisation has none.
    sealed: bool


def party_lines(parties: Sequence[Party], subjects: Mapping[str, str], *, mask_rule: str) -> list[PartyLine]:
    """Parties in their order, masked by the union's rule; ``subjects`` are its words for 信访人类别."""
    return [
        PartyLine(
            position=party.position,
            role=PARTY_LABELS[PartyRole(party.role)],
            name=shown_name(party, mask_rule) or party.organisation or _("未留姓名"),
            phone=shown_phone(party, mask_rule),
            subject=subjects.get(party.subject_type, party.subject_type) if party.subject_type else "",
            authority=AUTHORITIES.get(party.authority or "", "").partition("（")[0],
            sealed=any((party.name_sealed, party.phone_sealed, party.id_number_sealed, party.address_sealed)),
        )
        for party in parties
    ]
