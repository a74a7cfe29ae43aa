"""One row of a register as a matter for intake, with a sentence for each cell that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from access.actor import Work
from cases import arrivals, columns, intake
from cases.rules import SUBJECT_LABELS, Channel, PartyRole
from kernel.errors import InvalidError
from kernel.sheets import Row
from tenants import codes
from tenants import queries as tenants
from tenants.house import CodeTable

#: What the cases of a register carry as their source.
SOURCE = "import"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a row, as Excel numbers it."""

    row: int
    sentence: str


@dataclass(slots=True)
class Reading:
    """A row with the sentences that were said about it."""

    row: Row
    table: columns.Table
    problems: list[RowProblem] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A cell as text."""
        return columns.plain(self.table.cell(self.row, name))

    def read(self, name: str, rule: Callable[..., Any], *arguments: Any, otherwise: Any = None) -> Any:
        """A cell as its rule reads it, or ``otherwise`` with the rule's sentence noted."""
        try:
            return rule(self.table.cell(self.row, name), *arguments)
        except InvalidError as error:
            self.complain(error.message)
            return otherwise

    def complain(self, sentence: str) -> None:
        """Note what is wrong."""
        self.problems.append(RowProblem(self.row.number, sentence))


def read(
    reading: Reading,
    channel: Channel,
    categories: Mapping[str, str | None],
    subjects: Mapping[str, str] | None = None,
) -> intake.NewCase:
    """The matter of a row; what cannot be read is noted and stands at a harmless value."""
    title, content = reading.text("title"), reading.text("content")
    received_on: date = reading.read("received_on", columns.day, reading.table.epoch, otherwise=date(2000, 1, 1))
    name = reading.text("name")
    petitioner = intake.NewParty(
        name=name,
        phone=reading.text("phone"),
        id_number=reading.text("id_number"),
        address=reading.text("address"),
        subject_type=reading.read("subject_type", columns.subject_type, subjects),
    )
    parties = [petitioner] if name or petitioner.phone or petitioner.id_number else []
    parties += _others(reading)
    category = reading.text("category")
    code = categories.get(category)
    if category and code is None:
        known = category in categories
        reading.complain(
            f"类别“{category[:30]}”有多个同名项，请写成“一级/二级”。" if known else f"没有类别“{category[:30]}”。"
        )
    return intake.NewCase(
        channel=reading.read("channel", columns.channel, channel, otherwise=channel).value,
        title=title,
        content=content,
        received_on=received_on,
        parties=parties,
        claims=columns.claims(reading.table.cell(reading.row, "claims")),
        headcount=reading.read("headcount", columns.headcount, otherwise=1),
        anonymous=_yes(reading, "anonymous") or not any(_named(party) for party in parties),
        confidential=bool(_yes(reading, "confidential")),
        joint=bool(_yes(reading, "joint")),
        urgent=bool(_yes(reading, "urgent")),
        first_in_system=_yes(reading, "first_in_system"),
        repeat_of=reading.text("repeat_of") or None,
        way=reading.read("way", columns.way),
        arrival=_arrival(reading),
        aim=reading.text("aim"),
        background=reading.text("background"),
        category=code,
        source=SOURCE,
        source_key=reading.text("key") or _digest(title, content, received_on.isoformat(), name),
    )


def _named(party: intake.NewParty) -> bool:
    return bool(party.name) and party.role in (PartyRole.PETITIONER, PartyRole.REPRESENTATIVE)


def _others(reading: Reading) -> list[intake.NewParty]:
    """Everybody of a row beside the petitioner; a sixth representative is refused by the rules of intake."""
    roles = (("representatives", PartyRole.REPRESENTATIVE), ("affected", PartyRole.AFFECTED))
    found = [
        intake.NewParty(role=role.value, name=name)
        for column, role in roles
        for name in columns.people(reading.table.cell(reading.row, column))
    ]
    if agent := reading.text("agent"):
        authority = reading.read("authority", columns.authority)
        phone = reading.text("agent_phone")
        found.append(intake.NewParty(role=PartyRole.AGENT.value, name=agent, phone=phone, authority=authority))
    if respondent := reading.text("respondent"):
        found.append(intake.NewParty(role=PartyRole.RESPONDENT.value, organisation=respondent))
    return found


def _yes(reading: Reading, name: str) -> bool | None:
    answer: bool | None = reading.read(name, columns.yes, columns.LABELS[name])
    return answer


def _arrival(reading: Reading) -> dict[str, str]:
    told = {
        field.name: reading.read(
            f"arrival.{field.name}", columns.particular, field, reading.table.epoch, otherwise=""
        )
        for field in arrivals.FIELDS
    }
    return {name: value for name, value in told.items() if value}


def _digest(*parts: str) -> str:
    return "sha256:" + sha256("\x1f".join(parts).encode()).hexdigest()


def subject_names(work: Work) -> dict[str, str]:
    """Codes of 信访人类别 by the union's own words."""
    own = codes.choices(work.session, CodeTable.SUBJECT_TYPE, SUBJECT_LABELS)
    return {word: code for code, word in own.items()}


def category_names(work: Work) -> dict[str, str | None]:
    """Codes by code, by name and by ``一级/二级``; a name that stands for two categories gives ``None``."""
    rows = tenants.categories(work.session)
    names = {row.code: row.name for row in rows}
    found: dict[str, str | None] = {}
    for row in rows:
        found[row.name] = None if row.name in found else row.code
    for row in rows:
        found[row.code] = row.code
        if row.parent_code:
            for mark in "/-—>、":
                found[f"{names[row.parent_code]}{mark}{row.name}"] = row.code
    return found
