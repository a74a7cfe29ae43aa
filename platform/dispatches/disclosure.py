"""What a letter tells the other union: the matter, its claims and its clocks, and nobody's identity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from access.actor import Work
from cases.models import Party
from cases.queries import File
from cases.rules import PartyRole
from documents.services import of_subject
from kernel.crypto import mask_id_number, mask_name, mask_phone
from kernel.errors import InvalidError
from tenants.models import Category

#: A name of one character would be found inside ordinary words, and so would an address that is only a town.
_SHORTEST_NAME = 2
_SHORTEST_ADDRESS = 6


def snapshot(work: Work, file: File) -> dict[str, Any]:
    """The part of a case that the other union is told, as plain JSON.

    Left out on purpose: the parties and their telephones, the content as the petitioner told it, and, of a sealed
    case (检举控告, 条例 art. 30(3)), the organisation complained of. Claims are needed for an answer to each of them.
    """
    case, veil = file.case, veiled(work, file)
    category = work.session.get(Category, case.category_code) if case.category_code else None
    respondents = [
        party.organisation
        for party in file.parties
        if party.role == PartyRole.RESPONDENT and party.organisation and not case.sealed
    ]
    return {
        "case_number": case.number,
        "title": veil(case.title),
        "category": {"code": category.code, "name": category.name} if category else None,
        "channel": case.channel,
        "purpose": case.purpose,
        "received_on": case.received_on.isoformat(),
        "headcount": case.headcount,
        "collective": case.collective,
        "joint": case.joint,
        "urgent": case.urgent,
        "confidential": case.confidential,
        "respondents": [veil(name) for name in respondents],
        "claims": [{"position": claim.position, "text": veil(claim.text)} for claim in file.claims],
        "clocks": [
            {
                "kind": clock.kind,
                "started_on": clock.started_on.isoformat(),
                "due_on": clock.due_on.isoformat(),
                "stopped_on": clock.stopped_on.isoformat() if clock.stopped_on else None,
            }
            for clock in file.clocks
        ],
    }


def papers(work: Work, file: File, chosen: Sequence[UUID]) -> list[dict[str, Any]]:
    """Copies of issued documents of the case as ``[{"title", "number", "body"}]``, veiled like all that crosses.

    :raises InvalidError: for a document that is none of this case's.
    """
    wanted = set(chosen)
    found = [document for document in of_subject(work.session, file.case.id) if document.id in wanted]
    if len(found) != len(wanted):
        raise InvalidError("所选文书不属于本件，请重新选择。", fields={"papers": "所选文书不属于本件"})
    veil = veiled(work, file)
    return [
        {
            "title": document.title,
            "number": document.number,
            "body": [
                {"heading": paragraph.get("heading"), "text": veil(str(paragraph.get("text") or ""))}
                for paragraph in document.body
            ],
        }
        for document in found
    ]


def veiled(work: Work, file: File) -> Callable[[str], str]:
    """A function that replaces the identities of the case's people in a text by their masks.

    Titles and claims are free text, and clerks do write “王小明反映…”. The names are opened for this comparison only
    and nobody is shown them.
    """
    return masked(work, file.parties)


def masked(work: Work, parties: Sequence[Party]) -> Callable[[str], str]:
    """As :func:`veiled`, for the parties alone."""
    masks: dict[str, str] = {}
    for party in parties:
        for name, mask in (("name", mask_name), ("phone", mask_phone), ("id_number", mask_id_number)):
            sealed = getattr(party, f"{name}_sealed")
            if sealed is not None:
                value = work.cipher.decrypt(work.tenant_id, name, sealed)
                masks[value] = mask(value)
        if party.address_sealed is not None:
            address = work.cipher.decrypt(work.tenant_id, "address", party.address_sealed)
            if len(address) >= _SHORTEST_ADDRESS:
                masks[address] = "（住址略）"
    # The longest first, or a name inside a longer one would leave the rest of it standing.
    known = sorted((value for value in masks if len(value) >= _SHORTEST_NAME), key=len, reverse=True)

    def veil(text: str) -> str:
        for value in known:
            text = text.replace(value, masks[value])
        return text

    return veil
