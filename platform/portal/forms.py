"""What a worker typed, as the intake's words, and the intake's sentences at the fields of this page. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from werkzeug.datastructures import MultiDict

from cases.accused import BY_ROLE
from cases.intake import MAX_CLAIMS, NewCase, NewParty
from cases.rules import MAX_REPRESENTATIVES, PORTAL, Channel, PartyRole
from doorway.words import _

#: Which notice about personal data the page shows; agreed to with this word, kept with the case.
NOTICE = "2026-11"
#: A field that people do not see and programs fill in.
TRAP = "website"
FIRST_CLAIMS = 2
MAX_SHORT = 200
#: The intake's field → this page's.
PLACES = {
    **{"title": "what", "content": "story", "claims": "claim.0", "headcount": "headcount"},
    **{"parties": "rep.0.name", "accused_staff": "against.leader"},
}


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as read, the mistakes of reading it, and which field every party came from."""

    new: NewCase
    problems: dict[str, str]
    prefixes: tuple[str, ...]

    def located(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Sentences by the names of the page's fields instead of the intake's."""
        found = dict(self.problems)
        for name, sentence in fields.items():
            parts = name.split(".")
            if len(parts) == 3 and parts[0] == "parties" and int(parts[1]) < len(self.prefixes):
                place = self.prefixes[int(parts[1])] + parts[2]
            else:
                place = PLACES.get(name, "what")
            found.setdefault(place, sentence)
        return found


def offices(form: MultiDict[str, str]) -> list[str]:
    """Which offices of the union itself a report is about, as ticked; of another matter none."""
    return [word for word in BY_ROLE if form.get(f"against.{word}")] if form.get("report") else []


def read(
    form: MultiDict[str, str],
    *,
    today: date,
    key: str,
    sealed: str | None,
    against: frozenset[UUID] = frozenset(),
) -> Filing:
    """The matter as typed. ``sealed`` is the category of 检举控告, which closes the file to all but two roles;
    ``against`` are the accounts that hold the offices ticked.
    """
    problems: dict[str, str] = {}
    anonymous = bool(form.get("anonymous"))
    person = {name: _typed(form, name) for name in ("name", "phone", "id_number", "address")}
    if anonymous and any(person.values()):
        problems["anonymous"] = _("您选择了匿名，又填写了姓名、电话等：请取消匿名，或者清空这些内容。")
    if not anonymous and not person["name"]:
        problems["name"] = _("请填写您的姓名；不愿意留姓名的，请勾选下面的“匿名”。")
    if not anonymous and not person["phone"]:
        problems["phone"] = _("请填写电话，工会要用它联系您。")
    claims = tuple(claim.strip() for claim in form.getlist("claim") if claim.strip())
    if not claims:
        problems["claim.0"] = _("请写明您希望怎样解决，至少写一项。")
    if len(_typed(form, "story") or "") < 10:
        problems["story"] = _("请把事情的经过写清楚一点（不少于10个字）。")
    if not _typed(form, "employer"):
        problems["employer"] = _("请填写单位名称；不清楚全称的，写大家平常叫的名字。")
    if not form.get("agree"):
        problems["agree"] = _("请阅读告知内容，同意后才能提交；也可以打电话或者当面反映。")
    for name, label in (("when", _("时间")), ("where", _("地点"))):
        if len(_typed(form, name) or "") > MAX_SHORT:
            problems[name] = _("%(what)s不能超过%(most)s个字。", what=label, most=MAX_SHORT)
    headcount = _count(form.get("headcount", ""))
    if headcount is None:
        problems["headcount"] = _("人数请填数字。")
    parties, prefixes = _parties(form, person, anonymous=anonymous)
    new = NewCase(
        channel=Channel.ONLINE.value,
        title=_typed(form, "what") or "",
        content=_content(form),
        received_on=today,
        parties=parties,
        claims=claims,
        headcount=headcount or 1,
        anonymous=anonymous,
        # Several people who write together have signed together.
        joint=(headcount or 1) > 1,
        confidential=bool(form.get("confidential")),
        category=sealed if form.get("report") else None,
        accused_staff=against,
        source=PORTAL,
        source_key=key,
        arrival={"site": _("工会网上信访页面")},
    )
    return Filing(new, problems, prefixes)


def claims_shown(form: MultiDict[str, str], *, one_more: bool = False) -> int:
    """How many lines for claims the page has."""
    return min(max(len(form.getlist("claim")) + one_more, FIRST_CLAIMS), MAX_CLAIMS)


def representatives_shown(form: MultiDict[str, str], *, one_more: bool = False) -> int:
    """How many rows for representatives the page has; five are the most (条例 art. 20)."""
    places = [place for place in range(MAX_REPRESENTATIVES) if f"rep.{place}.name" in form]
    return min(max(len(places) + one_more, 1), MAX_REPRESENTATIVES)


def _parties(
    form: MultiDict[str, str], person: Mapping[str, str | None], *, anonymous: bool
) -> tuple[tuple[NewParty, ...], tuple[str, ...]]:
    parties: list[NewParty] = []
    prefixes: list[str] = []
    if not anonymous:
        parties.append(NewParty(role=PartyRole.PETITIONER.value, **person))
        prefixes.append("")
    employer, place = _typed(form, "employer"), _typed(form, "employer_address")
    if employer or place:
        parties.append(NewParty(role=PartyRole.RESPONDENT.value, organisation=employer, address=place))
        prefixes.append("employer_")
    for number in range(MAX_REPRESENTATIVES):
        name, phone = _typed(form, f"rep.{number}.name"), _typed(form, f"rep.{number}.phone")
        if name or phone:
            parties.append(NewParty(role=PartyRole.REPRESENTATIVE.value, name=name, phone=phone))
            prefixes.append(f"rep.{number}.")
    return tuple(parties), tuple(prefixes)


def _content(form: MultiDict[str, str]) -> str:
    lines = [_typed(form, "story") or ""]
    told = ((_("时间"), _typed(form, "when")), (_("地点"), _typed(form, "where")))
    lines += [f"{label}：{words}" for label, words in told if words]
    return "\n".join(lines)


def _typed(form: MultiDict[str, str], name: str) -> str | None:
    return form.get(name, "").strip() or None


def _count(text: str) -> int | None:
    cleaned = text.strip() or "1"
    return int(cleaned) if cleaned.isdecimal() and len(cleaned) <= 5 else None
