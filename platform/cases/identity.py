"""Names, telephones and identity numbers: checked, sealed, masked, found again, and shown only with a reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from access.actor import Work
from audit.services import record
from cases import policy
from cases.models import Case, Party
from cases.rules import PartyRole
from kernel.crypto import mask_name, mask_phone
from kernel.errors import InvalidError, NotFoundError

_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")
#: 来访人代号: offices that hand over anonymised material write a code such as A00012345 where a name would stand.
_CODE_NAME = re.compile(r"[A-Z]{1,3}\d{3,15}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
MIN_REASON = 4


@dataclass(frozen=True, slots=True)
class Identity:
    """A party's identity in clear; it lives as long as one answer and is never logged."""

    name: str | None
    phone: str | None
    id_number: str | None
    address: str | None


def normal(value: str | None) -> str | None:
    """Half-width, trimmed, or ``None`` when nothing is left."""
    cleaned = unicodedata.normalize("NFKC", value or "").strip()
    return cleaned or None


def check_name(value: str | None) -> str | None:
    """A person's name, or the code name that stands for one.

    :raises InvalidError: when it holds digits (a telephone in the wrong field) or is too long.
    """
    name = normal(value)
    if name and re.search(r"\d{5,}", name) and not _CODE_NAME.fullmatch(name):
        raise InvalidError("姓名栏里像是电话或证件号码，请填到对应的栏目。")
    if name and len(name) > 40:
        raise InvalidError("姓名不能超过40个字。")
    return name


def check_phone(value: str | None) -> str | None:
    """A mainland mobile or landline number without separators.

    :raises InvalidError: when it is neither.
    """
    phone = normal(value)
    if phone is None:
        return None
    phone = phone.replace(" ", "")
    if not _PHONE.fullmatch(phone):
        raise InvalidError("电话号码格式不正确：请填11位手机号，或带区号的座机号。")
    return phone.replace("-", "")


def check_id_number(value: str | None) -> str | None:
    """An 18-digit identity number with a good check digit (GB 11643-1999).

    :raises InvalidError: when length or check digit is wrong.
    """
    number = normal(value)
    if number is None:
        return None
    number = number.upper()
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise InvalidError("身份证号应为18位。")
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    if _ID_CHECK[total % 11] != number[17]:
        raise InvalidError("身份证号校验位不正确，请核对。")
    return number


def shown_name(party: Party, rule: str) -> str:
    """The masked name under the union's mask rule: ``王*``, or ``**`` where it is strict.

    Derived from what is stored, so a stricter rule holds for every old file at once.
    """
    return "**" if party.name_mask and rule == "strict" else party.name_mask or ""


def shown_phone(party: Party, rule: str) -> str:
    """The masked telephone: ``138****1234``, or its last two digits where the rule is strict."""
    return f"*********{party.phone_mask[-2:]}" if party.phone_mask and rule == "strict" else party.phone_mask or ""


def seal(work: Work, party: Party, identity: Identity) -> None:
    """Put an identity into a party row: ciphertext, blind indexes and masks."""
    cipher, tenant = work.cipher, work.tenant_id
    if identity.name:
        party.name_sealed = cipher.encrypt(tenant, "name", identity.name)
        party.name_index = cipher.blind_index(tenant, "name", identity.name)
        party.name_mask = mask_name(identity.name)
    if identity.phone:
        party.phone_sealed = cipher.encrypt(tenant, "phone", identity.phone)
        party.phone_index = cipher.blind_index(tenant, "phone", identity.phone)
        party.phone_mask = mask_phone(identity.phone)
    if identity.id_number:
        party.id_number_sealed = cipher.encrypt(tenant, "id_number", identity.id_number)
        party.id_number_index = cipher.blind_index(tenant, "id_number", identity.id_number)
    if identity.address:
        party.address_sealed = cipher.encrypt(tenant, "address", identity.address)


def reveal(work: Work, case_number: str, position: int, reason: str) -> Identity:
    """Show a party's identity in full and leave an event that says who looked and why.

    :raises InvalidError: without a reason of at least four characters.
    :raises NotFoundError: when the case is not visible to the actor or has no such party.
    """
    if len(reason.strip()) < MIN_REASON:
        raise InvalidError("请写明查看身份信息的理由（不少于4个字）。", fields={"reason": "请写明理由"})
    statement = (
        select(Party)
        .join(Case, (Case.tenant_id == Party.tenant_id) & (Case.id == Party.case_id))
        .where(Case.number == case_number, Party.position == position, policy.visible(work.actor))
    )
    party = work.session.scalars(statement).first()
    if party is None:
        raise NotFoundError
    record(
        work,
        "party:reveal",
        subject_type="case",
        subject_id=party.case_id,
        data={"party": position, "reason": reason.strip()},
    )
    return Identity(
        name=_open(work, "name", party.name_sealed),
        phone=_open(work, "phone", party.phone_sealed),
        id_number=_open(work, "id_number", party.id_number_sealed),
        address=_open(work, "address", party.address_sealed),
    )


def _open(work: Work, field: str, sealed: bytes | None) -> str | None:
    return work.cipher.decrypt(work.tenant_id, field, sealed) if sealed else None


def cases_of_person(
    work: Work,
    *,
    name: str | None,
    phone: str | None,
    id_number: str | None = None,
    exclude: UUID | None = None,
    limit: int = 5,
) -> Sequence[Case]:
    """Earlier cases of a petitioner with the same telephone or identity number; by name only where neither is given.

    A hint for the clerk (初信初访 or 重复), never a decision. Only cases that the actor may see are listed.
    """
    keys = []
    if id_number:
        keys.append(Party.id_number_index == work.cipher.blind_index(work.tenant_id, "id_number", id_number))
    if phone:
        keys.append(Party.phone_index == work.cipher.blind_index(work.tenant_id, "phone", phone))
    elif name and not id_number:
        keys.append(Party.name_index == work.cipher.blind_index(work.tenant_id, "name", name))
    if not keys:
        return []
    people = (PartyRole.PETITIONER.value, PartyRole.AFFECTED.value, PartyRole.REPRESENTATIVE.value)
    found = select(Party.case_id).where(Party.tenant_id == work.tenant_id, or_(*keys), Party.role.in_(people))
    statement = select(Case).where(Case.id.in_(found), policy.visible(work.actor)).order_by(Case.registered_at.desc())
    if exclude is not None:
        statement = statement.where(Case.id != exclude)
    return work.session.scalars(statement.limit(limit)).all()


def find_person(work: Work, *, name: str | None, phone: str | None, id_number: str | None) -> Sequence[Case]:
    """Look up somebody's cases by exact name, telephone or identity number; the looking up is on record.

    :raises InvalidError: when nothing was typed, or what was typed cannot be one.
    """
    checked = {"name": check_name(name), "phone": check_phone(phone), "id_number": check_id_number(id_number)}
    by = next((key for key in ("id_number", "phone", "name") if checked[key]), None)
    if by is None:
        raise InvalidError("请填写姓名、电话或身份证号中的一项。", fields={"name": "请填写其中一项"})
    found = cases_of_person(
        work,
        name=checked["name"] if by == "name" else None,
        phone=checked["phone"] if by == "phone" else None,
        id_number=checked["id_number"] if by == "id_number" else None,
        limit=50,
    )
    record(work, "party:search", subject_type="tenant", data={"by": by, "found": len(found)})
    return found
