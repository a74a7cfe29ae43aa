"""What a union does when the platform suspended, resumed or closed it, and what the unions above are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from access.actor import Work
from access.models import LoginSession
from access.roles import Role
from audit.services import record
from notices.services import post
from notices.tasks import close_by_key, open_task
from tenants import queries
from tenants.life import ACTIVE, CLOSED, SUSPENDED, TOPIC
from tenants.models import Tenant

#: Event → its word and the status that it leads to.
_EVENTS = {"suspend": ("停用", SUSPENDED), "resume": ("恢复使用", ACTIVE), "close": ("关闭", CLOSED)}


def lived(work: Work, payload: Mapping[str, Any]) -> None:
    """Bring a change of a union's life to the union itself or to one above; ``{"union": number, "event": …}``.

    The entry in the tree is read again: of several messages that arrive late, each acts on how things stand now.
    """
    union = queries.get(work.session, int(payload["union"]))
    event = str(payload["event"])
    (_inside if union.id == work.tenant_id else _above)(work, union, event)


def _inside(work: Work, union: Tenant, event: str) -> None:
    if union.status in (SUSPENDED, CLOSED):
        # The doors ask for the status at every request; this ends the sessions for good, so that a union which is
        # resumed within the half hour finds nobody still logged in.
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.tenant_id == work.tenant_id, LoginSession.ended_at.is_(None))
            .values(ended_at=work.clock.now())
            .execution_options(synchronize_session=False)
        )
    word, status = _EVENTS[event]
    if union.status == status:
        title = f"平台已将本单位{word}：{union.status_reason}"
        if event == "suspend":
            title += "。停用期间各项办理期限照常计算。"
        post(work.session, kind="union", title=title, link="/desk/", role=Role.OFFICE_HEAD)
    record(
        work,
        f"tenant:{event}",
        subject_type="tenant",
        data={"tenant": union.id, "reason": union.status_reason, "status": union.status},
    )


def _above(work: Work, union: Tenant, event: str) -> None:
    key, word = f"union:{union.id}:rests", _EVENTS[event][0]
    who, link = "下级单位", "/dashboards/load"
    if union.second_parent_id == work.tenant_id:
        # Figures flow up the first line only: what the second superior has of the union is its letters.
        who, link = "双重领导的单位", "/dispatches/?box=out"
    if union.status == SUSPENDED:
        open_task(
            work,
            kind="union_suspended",
            title=f"{who}“{union.name}”已停用，在办件期限照常计算，函件暂不能送达；请关注其到期情况并督促恢复。",
            link=link,
            role=Role.OFFICE_HEAD,
            key=key,
        )
    else:
        close_by_key(work, key, f"“{union.name}”已{word}。")
        post(
            work.session,
            kind="union",
            title=f"{who}“{union.name}”已{word}。",
            link=link,
            role=Role.OFFICE_HEAD,
        )
    record(
        work,
        "tenant:told",
        subject_type="tenant",
        data={"tenant": union.id, "slug": union.slug, "event": event, "status": union.status},
    )


#: What the worker wires: topic → handler, called as the system in the message's tenant.
CONSUMERS = {TOPIC: lived}
