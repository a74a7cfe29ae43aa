"""Good requests that name other things in their body: what is written when everything but one name is right.

The rows of ``rows.py`` ask for a thing by its address, and many of their forms are refused before anything is looked
up. Here every form is one that its own union would carry out, and one field after the other names another union's
thing.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from access.roles import Role
from cases import workplaces
from cases.ledger import USUAL
from cases.models import Case
from kernel.ids import uuid7
from tenants.accounts import create_user
from tests.builders import PASSWORD, cached_hash
from tests.leaks.copying import MARKS
from tests.leaks.twins import Twins

REASON = "矩阵测试写明的理由"
WORDS = {"subject": "标记东方矩阵发函", "reason": "标记东方矩阵的事由", "request": "标记东方矩阵的请求"}


@dataclass(frozen=True)
class Body:
    """One request that is right in everything."""

    endpoint: str
    who: str
    #: Field of the body → what it names (see ``theirs``); the own thing stands in ``form`` or ``json``.
    names: Mapping[str, str]
    #: Arguments of the address.
    address: Mapping[str, str] = field(default_factory=dict)
    #: A value that is called is made afresh for each request, as an upload has to be.
    form: Mapping[str, Any] | None = None
    #: The same for machines; a field inside ``data`` is written ``data.assignee``.
    json: Mapping[str, Any] | None = None
    #: How a name is written in its field.
    written: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    #: Statuses when everything is the own union's.
    ok: tuple[int, ...] = (302, 303)
    #: Other unions into whose copy of a letter the good request writes.
    writes_to: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = self.address.get("action") or (self.form or self.json or {}).get("kind", "")
        return f"{self.endpoint} {told} ({', '.join(self.names)})"

    def with_name(self, place: str, value: str) -> tuple[dict[str, str], dict[str, Any]]:
        """Address and body with another thing's name in one place; an empty place changes nothing."""
        address = dict(self.address)
        body = {key: given() if callable(given) else given for key, given in (self.form or self.json or {}).items()}
        if place.startswith("address."):
            address[place.removeprefix("address.")] = value
        elif place.startswith("data."):
            body["data"] = dict(body["data"]) | {place.removeprefix("data."): value}
        elif place:
            body[place] = self.written.get(place, lambda text: text)(value)
        return address, body


def theirs(twins: Twins, slug: str) -> dict[str, str]:
    """Things that only this union has, by what a body may name."""
    only = getattr(twins, f"only_{slug}")
    tables = {
        "department": "departments",
        "paper": "documents",
        "attachment": "attachments",
        "workplace": "workplaces",
        "case_task": "case_tasks",
        "route": "category_routes",
        "task": "tasks",
    }
    found = {name: str(only.ids[table][0]) for name, table in tables.items()}
    # A sender's copy and its recipient's have one identifier: the street's own letters may be east's too.
    letter = only.letter_id if only.letter_id is not None else only.ids["letters"][0]
    own = {"number": only.number, "user": str(only.user_id), "letter": str(letter)}
    return found | own | {"workplace name": f"{MARKS[slug]}独有厂"}


def nobodys() -> dict[str, str]:
    """The same of nobody."""
    kinds = ("department", "paper", "attachment", "workplace", "case_task", "route", "task", "user", "letter")
    return dict.fromkeys(kinds, str(uuid7())) | {
        "number": "双总工信〔2026〕987654",
        "workplace name": "标记无方独有厂",
    }


def bodies(twins: Twins) -> Iterator[Body]:
    """Every request; cases, accounts and places that a good one changes are made for it."""
    federation, place = twins.federation, str(twins.house["departments"])
    user = {role: str(federation.users[f"{role}@east"].id) for role in ("head", "handler", "clerk", "leader")}
    city, street = (str(federation.ids[slug]) for slug in ("city", "street"))

    def fresh(name: str, upto: str = "accept") -> Case:
        case = twins.case("east", f"正文{name}")
        if upto != "register":
            federation.act("clerk@east", case.number, "triage", purpose="request", category="01.01", tier="ordinary")
        if upto == "accept":
            case = federation.act("head@east", case.number, "accept", assignee=user["handler"])
        return case

    def act(name: str, who: str, names: Mapping[str, str], upto: str = "accept", **form: Any) -> Body:
        number = fresh(name, upto).number
        return Body("desk.act", who, names, {"number": number, "action": name}, form)

    yield from _letters(twins, fresh, city, street)
    people = {"assignee": "user", "department": "department"}
    yield act("accept", "head", people, "triage", assignee=user["handler"], department=place)
    yield act("assign", "head", people, assignee=user["head"], department=place, reason=REASON)
    asked = {"task_asked": REASON, "task_due": "2026-03-20"}
    yield act("ask_department", "head", {"task_handler": "user"}, task_handler=user["handler"], **asked)
    yield act("ask_department", "head", {"task_department": "department"}, task_department=place, **asked)
    yield act("merge", "head", {"lead": "number"}, lead=fresh("主件").number, reason=REASON)
    yield act("link_first", "head", {"first_case": "number"}, first_case=fresh("初次").number, reason=REASON)
    yield act("change_first", "head", {"first_handler": "user"}, first_handler=user["handler"], reason=REASON)
    repeat = {"of": fresh("先来").number, "reason": "同一信访人同一事项"}
    yield Body("desk.link_repeat", "head", {"of": "number"}, {"number": fresh("再来", "triage").number}, repeat)
    many = {"assignee": user["head"], "department": place, "reason": REASON}
    picked, looked = fresh("批量"), fresh("核对")
    yield Body(
        "desk.bulk_check",
        "head",
        {"number": "number", **people},
        form={"do": "check", "number": looked.number, **many},
        ok=(200,),
    )
    yield Body(
        "desk.bulk_assign",
        "head",
        {"pick": "number", **people},
        form={"pick": f"{picked.version}:{picked.number}", **many},
        written={"pick": lambda number: f"1:{number}"},
    )
    yield Body(
        "desk.paper_begin", "head", {"address.number": "number"}, at(fresh("文书")), {"kind": "interview_record"}
    )
    upload = {"files": lambda: (io.BytesIO("标记东方材料".encode()), "标记东方材料.txt")}
    yield Body("desk.attach", "head", {"address.number": "number"}, at(fresh("附件")), upload)
    yield Body(
        "desk.export_ask",
        "head",
        people,
        form={"form": "csv", "columns": list(USUAL), "reason": "季度台账报送", "assignee": user["handler"]},
        ok=(302, 303),
    )
    yield from _house(twins, user, place)
    into = {"into": f"{MARKS['east']}正文厂"}
    with twins.work("clerk@east") as work:
        workplaces.save(work, {"name": into["into"]})
        gone = workplaces.save(work, {"name": f"{MARKS['east']}并入厂"}).id
    names = {"into": "workplace name", "address.workplace_id": "workplace"}
    yield Body("desk.workplace_merge", "clerk", names, {"workplace_id": str(gone)}, into)
    given = {"action": "assign", "data": {"assignee": user["head"], "department": place, "reason": REASON}}
    moved = {"data.assignee": "user", "data.department": "department"}
    yield Body("api.cases_act", "head", moved, at(fresh("机器改派")), json=given, ok=(200,))


def at(case: Case) -> dict[str, str]:
    """The address of a case."""
    return {"number": case.number}


def _letters(twins: Twins, fresh: Callable[..., Case], city: str, street: str) -> Iterator[Body]:
    number = fresh("上报").number
    with twins.superuser.connect() as connection:
        paper = connection.execute(
            text(
                "select d.id from documents d join cases c on c.tenant_id = d.tenant_id and c.id = d.subject_id "
                "where c.number = :number and c.tenant_id = :t limit 1"
            ),
            {"number": number, "t": twins.east},
        ).scalar_one()
    up = {"kind": "escalation", "to": city, "case": number, "papers": str(paper), **WORDS}
    named = {"case": "number", "papers": "paper"}
    yield Body("desk.compose_send", "head", named, form=up, writes_to=("city",))
    down = {"kind": "order", "to": street, "due_on": "2026-04-20", "refers": str(twins.letters["signed"]), **WORDS}
    named = {"refers": "letter", "case": "number"}
    yield Body("desk.compose_send", "head", named, form=down, writes_to=("street",))
    told = {"to": int(city), "kind": "escalation", "case": fresh("机器上报").number, **WORDS}
    yield Body("api.dispatches_create", "head", {"case": "number"}, json=told, ok=(201,), writes_to=("city",))


def _house(twins: Twins, user: Mapping[str, str], place: str) -> Iterator[Body]:
    route = {"category_code": "14", "department_id": place, "handler_id": user["head"]}
    named = {"department_id": "department", "handler_id": "user"}
    yield Body("RouteView.add", "admin", named, form=route)
    own = {"pk": str(twins.house["category_routes"])}
    yield Body("RouteView.edit", "admin", {**named, "address.pk": "route"}, own, route | {"category_code": "13"})
    away = {"user_id": user["clerk"], "deputy_id": user["handler"], "reason": "人员东方休假"}
    days = {"from_on": "2029-06-01", "until_on": "2029-06-05"}
    yield Body("DelegationView.add", "admin", {"user_id": "user", "deputy_id": "user"}, form=away | days)
    made = {"name": "人员东方正文部", "short_name": "正文", "head_id": user["head"], "active": "1", "position": "9"}
    yield Body("DepartmentView.add", "admin", {"head_id": "user"}, form=made)
    moving = {"user": user["leader"]}
    at_place = {"pk": place}
    yield Body("DepartmentView.place", "admin", {"user": "user", "successor": "user"}, at_place, moving)
    with twins.federation.work_as_system("east") as work:
        leaving = create_user(
            work,
            username="leaving",
            display_name="人员东方离任",
            password=PASSWORD,
            roles=(Role.HANDLER,),
            hasher=cached_hash,
        ).id
    case = twins.federation.accepted("east", title="标记东方正文在办")
    twins.federation.act("head@east", case.number, "assign", assignee=str(leaving), reason=REASON)
    closing = {"active": "0", "reason": REASON, "successor": user["handler"]}
    yield Body("admin.user_active", "admin", {"successor": "user"}, {"user_id": str(leaving)}, closing)
