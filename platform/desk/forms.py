"""Read what was typed into services' words, and find the field of every mistake again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from cases.arrivals import BY_NAME
from cases.intake import MAX_CLAIMS, NewCase, NewParty
from cases.rules import FORM, MAX_REPRESENTATIVES, PartyRole
from doorway.words import N_, _
from tenants.models import Category

#: Field names of a registration are ``parties.<slot>.<field>``: each place on the page has its own role.
PETITIONER, RESPONDENT, AFFECTED, FIRST_REPRESENTATIVE = 0, 1, 2, 3
#: A place for one representative too many: whoever types a sixth is told the rule and loses nothing.
LAST_REPRESENTATIVE = FIRST_REPRESENTATIVE + MAX_REPRESENTATIVES
AGENT = LAST_REPRESENTATIVE + 1
#: Rows that one may add of those who need no limit by law, the first one included.
MOST_OTHERS = 5
_SECOND_RESPONDENT = AGENT + 1
_SECOND_AFFECTED = _SECOND_RESPONDENT + MOST_OTHERS - 1
SLOTS: tuple[PartyRole, ...] = (
    PartyRole.PETITIONER,
    PartyRole.RESPONDENT,
    PartyRole.AFFECTED,
    *(PartyRole.REPRESENTATIVE for _place in range(MAX_REPRESENTATIVES + 1)),
    PartyRole.AGENT,
    *(PartyRole.RESPONDENT for _place in range(MOST_OTHERS - 1)),
    *(PartyRole.AFFECTED for _place in range(MOST_OTHERS - 1)),
)
PARTY_FIELDS = ("name", "phone", "id_number", "address", "subject_type", "organisation", "authority")
CLAIMS = "claims"
#: Whether the petitioner brought the matter to another union before, as the form says it.
FIRST_WORDS: dict[str, bool | None] = {"": None, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration as read, the mistakes of reading it, and the slot of every party."""

    new: NewCase
    problems: dict[str, str]
    slots: tuple[int, ...]

    def located(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Sentences by the names of the page's fields instead of the service's."""
        found: dict[str, str] = dict(self.problems)
        for name, sentence in fields.items():
            parts = name.split(".")
            if len(parts) == 3 and parts[0] == "parties" and int(parts[1]) < len(self.slots):
                parts[1] = str(self.slots[int(parts[1])])
            found.setdefault(".".join(parts), sentence)
        return found


def new_token() -> str:
    """A mark for one form, so that sending it twice registers once."""
    return str(uuid4())


def read_registration(form: Mapping[str, str], today: date) -> Registration:
    """The matter as typed. What cannot be read is noted and stands at a harmless value until it is corrected."""
    problems: dict[str, str] = {}
    received_on, headcount = today, 1
    try:
        received_on = date.fromisoformat(form.get("received_on", ""))
    except ValueError:
        problems["received_on"] = _("请填写收到日期。")
    try:
        headcount = int(form.get("headcount", "").strip() or 1)
    except ValueError:
        problems["headcount"] = _("人数应填数字。")
    slots, parties = _read_parties(form)
    new = NewCase(
        channel=form.get("channel", ""),
        title=form.get("title", ""),
        content=form.get("content", ""),
        received_on=received_on,
        parties=parties,
        claims=tuple(claims_typed(form)),
        headcount=headcount,
        anonymous=bool(form.get("anonymous")),
        confidential=bool(form.get("confidential")),
        joint=bool(form.get("joint")),
        urgent=bool(form.get("urgent")),
        repeat=bool(form.get("repeat")),
        way=form.get("way") or None,
        arrival={name: form.get(f"arrival.{name}", "") for name in BY_NAME},
        aim=form.get("aim", ""),
        background=form.get("background", ""),
        first_in_system=FIRST_WORDS.get(form.get("first_in_system", "")),
        accused_staff=read_accounts(form, "accused_staff", problems),
        repeat_of=form.get("repeat_of", "").strip() or None,
        source=FORM,
        source_key=_token(form.get("token", "")),
    )
    return Registration(new, problems, slots)


def read_accounts(form: Mapping[str, str], name: str, problems: dict[str, str]) -> frozenset[UUID]:
    """Accounts that were ticked, ``<name>.<account>``; what is no account is a problem of the field."""
    try:
        return frozenset(UUID(key.partition(".")[2]) for key in form if key.startswith(f"{name}.") and form[key])
    except ValueError:
        problems[name] = _("所选被反映人不是本会在用的工作人员，请重新选择。")
        return frozenset()


def claims_typed(form: Mapping[str, str]) -> list[str]:
    """Claims as the page has them, one row each; a text of several lines (from an older page) is several."""
    rows = [form.get(f"{CLAIMS}.{place}", "") for place in range(MAX_CLAIMS + 1)]
    return [line for line in (*form.get(CLAIMS, "").splitlines(), *rows) if line.strip()]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind on the page: where they are typed, how many may be, and the sentence for one too many."""

    names: tuple[str, ...]
    most: int
    sentence: str

    def shown(self, form: Mapping[str, str], group: str, *, one_more: bool = False) -> list[str]:
        """Names of the rows that the page needs: those filled in, one to begin with, and one more if asked."""
        filled = [
            place
            for place, name in enumerate(self.names, start=1)
            if any(form.get(f"{name}{part}") for part in ("", ".name", ".phone", ".organisation"))
        ]
        try:
            shown = int(form.get(f"rows.{group}", "1"))
        except ValueError:
            shown = 1
        return list(self.names[: max(min(shown + one_more, self.most), *filled, 1)])


def _slots(*places: int) -> tuple[str, ...]:
    return tuple(f"parties.{place}" for place in places)


#: What a page can have more of: 再加一项.
ADDED: dict[str, Rows] = {
    "claims": Rows(
        tuple(f"{CLAIMS}.{place}" for place in range(MAX_CLAIMS + 1)),
        MAX_CLAIMS,
        N_("诉求不能超过%(most)d项，请把同一问题合并成一项。"),
    ),
    "representatives": Rows(
        _slots(*range(FIRST_REPRESENTATIVE, LAST_REPRESENTATIVE + 1)),
        MAX_REPRESENTATIVES,
        N_("代表不得超过%(most)d人（《信访工作条例》第二十条），其余人员请计入涉及人数。"),
    ),
    "respondents": Rows(
        _slots(RESPONDENT, *range(_SECOND_RESPONDENT, _SECOND_AFFECTED)),
        MOST_OTHERS,
        N_("被反映单位一次最多填写%(most)d个，其余请写在反映内容里。"),
    ),
    "affected": Rows(
        _slots(AFFECTED, *range(_SECOND_AFFECTED, _SECOND_AFFECTED + MOST_OTHERS - 1)),
        MOST_OTHERS,
        N_("权益受影响人一次最多填写%(most)d人，其余请计入涉及人数。"),
    ),
}


def _token(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return new_token()


def _read_parties(form: Mapping[str, str]) -> tuple[tuple[int, ...], tuple[NewParty, ...]]:
    slots: list[int] = []
    parties: list[NewParty] = []
    for slot, role in enumerate(SLOTS):
        values = {name: form.get(f"parties.{slot}.{name}", "").strip() or None for name in PARTY_FIELDS}
        # The petitioner's place is read even when it is empty: intake says there that a name is missing.
        if any(values.values()) or (slot == PETITIONER and not form.get("anonymous")):
            slots.append(slot)
            parties.append(NewParty(role=role.value, **values))
    return tuple(slots), tuple(parties)


#: Fields of boxes, ``<field>.<choice>``, and fields of each claim, ``<field>.<claim>.<part>``.
SEVERAL = ("claims_chosen", "measures", "invited", "accused_staff")
BY_CLAIM = ("opinions", "dispositions")


def read_action(names: Sequence[str], form: Mapping[str, str]) -> dict[str, Any]:
    """The data of an action; fields of each claim become a table by claim."""
    data: dict[str, Any] = {name: form.get(name, "") for name in names if name not in (*SEVERAL, *BY_CLAIM)}
    for wanted in (name for name in SEVERAL if name in names):
        places = (key.partition(".") for key in form)
        data[wanted] = [place for name, _dot, place in places if name == wanted and place]
    for wanted in (name for name in BY_CLAIM if name in names):
        entries: dict[str, dict[str, str]] = {}
        for key, value in form.items():
            parts = key.split(".")
            if len(parts) == 3 and parts[0] == wanted:
                entries.setdefault(parts[1], {})[parts[2]] = value
        data[wanted] = entries
    return data


def read_version(form: Mapping[str, str]) -> int | None:
    """The version that a form was drawn from."""
    text = form.get("version", "")
    return int(text) if text.isdecimal() else None


def category_choices(categories: Sequence[Category]) -> list[tuple[str, str, int]]:
    """Choices as (code, name, level), parents before children."""
    return [(category.code, category.name, 1 if category.parent_code is None else 2) for category in categories]
