"""How a few unions keep house: departments and their people, routing of matters, an absence with its deputy."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from access.actor import Work
from access.models import User
from cases import registries
from infra.federation import names
from tenants import delegations, departments, routing

#: Departments by name, with the logins of their people; the first is the head.
_OFFICES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    names.CITY: (
        ("信访办公室", ("head", "clerk", "supervisor")),
        ("权益保障部", ("handler",)),
        ("劳动和经济工作部", ("handler2",)),
    ),
    "hexi": (("信访室", ("head", "clerk", "supervisor")), ("权益保障部", ("handler", "handler2"))),
    names.HOTSPOT: (("信访室", ("head", "clerk", "handler2")), ("劳动关系部", ("handler",))),
}
#: First-level categories: department and its usual handler. Wages and hours go to economists, where there are some.
_ROUTES: dict[str, tuple[tuple[str, str, str], ...]] = {
    names.CITY: (
        ("01", "劳动和经济工作部", "handler2"),
        ("02", "权益保障部", "handler"),
        ("03", "权益保障部", "handler"),
    ),
    "hexi": (("01", "权益保障部", "handler"),),
    names.HOTSPOT: (("01", "劳动关系部", "handler"),),
}
#: Who is away, who stands in, and why.
_ABSENCES: dict[str, tuple[str, str, str]] = {
    names.CITY: ("handler", "handler2", "年休假"),
    "hexi": ("handler2", "handler", "参加省总工会培训"),
}
#: 调解员: name, kind, expertise; the last one's agreement of confidentiality is not signed yet.
_MEDIATORS = (
    ("职工争议调解工作室", "organisation", "工资争议、经济补偿"),
    ("法律志愿服务队", "lawyer", "劳动合同、社会保险"),
    ("心理咨询志愿者小组", "counsellor", "心理疏导"),
)
#: 外部机关: name, kind, what for.
_BODIES = (
    ("劳动人事争议仲裁委员会", "arbitration", "受理劳动争议仲裁申请"),
    ("劳动保障监察大队", "inspection", "受理拖欠工资等投诉"),
    ("法律援助中心", "legal_aid", "受理法律援助申请"),
    ("政府信访局", "petition_office", "联席会议、复查复核"),
)
#: Entered three working days ago, so that it still runs for a while.
_AWAY_DAYS = 12
KEEPING = tuple(_OFFICES)


def settle(slug: str, work: Work) -> None:
    """Departments, their people, the routes and the registries of one union, by its administrator."""
    people = _people(work)
    made = {}
    for position, (name, members) in enumerate(_OFFICES[slug], start=1):
        values = {"name": name, "position": position, "head_id": people[members[0]].id}
        made[name] = departments.create(work, values)
        for login in members:
            departments.move(work, people[login].id, made[name].id)
    for category, department, handler in _ROUTES[slug]:
        routing.set_route(
            work, category_code=category, department_id=made[department].id, handler_id=people[handler].id
        )

    for place, (name, kind, expertise) in enumerate(_MEDIATORS, start=1):
        signed = work.clock.today().replace(day=1) if place < len(_MEDIATORS) else None
        kept = {"name": name, "kind": kind, "expertise": expertise, "availability": "工作日下午", "agreed_on": signed}
        registries.save_mediator(work, kept)
    for name, kind, purpose in _BODIES:
        registries.save_body(work, {"name": name, "kind": kind, "purpose": purpose})


def leave(slug: str, work: Work) -> None:
    """Enter the absence of one union, if it has one."""
    if slug not in _ABSENCES:
        return
    away, deputy, reason = _ABSENCES[slug]
    people, today = _people(work), work.clock.today()
    delegations.begin(
        work,
        user_id=people[away].id,
        deputy_id=people[deputy].id,
        from_on=today,
        until_on=today + timedelta(days=_AWAY_DAYS),
        reason=reason,
    )


def _people(work: Work) -> dict[str, User]:
    return {user.username: user for user in work.session.scalars(select(User))}
