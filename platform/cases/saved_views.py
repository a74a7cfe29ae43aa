"""常用视图: names for filters of the list. One's own, and the union's shared ones, which the office's head keeps.

A view holds the filters of an address and nothing of what they find: whoever opens it sees what the policy lets
them see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Work
from access.models import User
from access.roles import CASE_ROLES, Role
from audit.services import record
from cases import filters, queries
from cases.registers import SavedView
from cases.words import is_identity
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kernel.ids import uuid7

#: More than this nobody finds again in a row of links.
MOST = 30
MAX_NAME, MAX_VALUE = 30, 200


def of(work: Work) -> Sequence[SavedView]:
    """The union's shared views and the actor's own, the shared first, by name. One statement."""
    return work.session.scalars(
        select(SavedView)
        .where(SavedView.tenant_id == work.tenant_id, or_(SavedView.shared, SavedView.owner_id == work.actor.user_id))
        .order_by(SavedView.shared.desc(), SavedView.name, SavedView.id)
    ).all()


def may_share(work: Work) -> bool:
    """Whether the actor keeps the union's shared views."""
    return work.actor.holds(Role.OFFICE_HEAD)


def may_change(work: Work, view: SavedView) -> bool:
    """One's own, and for the office's head the shared ones, whoever made them."""
    return may_share(work) if view.shared else view.owner_id == work.actor.user_id


def save(work: Work, name: str, query: Mapping[str, str], *, shared: bool = False) -> SavedView:
    """Keep the filters of an address under a name.

    :raises ForbiddenError: for a shared view by anybody but the office's head.
    :raises InvalidError: for a name that is empty, long or taken, an unknown or unreadable filter, or one too many.
    """
    work.actor.require(CASE_ROLES)
    if shared and not may_share(work):
        raise ForbiddenError("共用视图由信访部门负责人维护，您可以存为自己的视图。")
    kept = check(work, query)
    name = _name(name)
    _room(work, shared=shared)
    assert work.actor.user_id is not None
    made = SavedView(
        id=uuid7(),
        owner_id=work.actor.user_id,
        shared=shared,
        name=name,
        query=kept,
        created_at=work.clock.now(),
    )
    _write(work, made)
    record(work, "view:save", subject_type="view", subject_id=made.id, data={"shared": shared, **_told(kept)})
    return made


def rename(work: Work, view_id: UUID, name: str, *, version: int | None = None) -> SavedView:
    """Give a view another name.

    :raises NotFoundError: when it is not there or somebody else's own.
    :raises ForbiddenError: for a shared one by anybody but the office's head.
    :raises InvalidError, ConflictError: for a bad or taken name; when somebody changed it since ``version``.
    """
    view = _mine(work, view_id, version)
    name = _name(name)
    if name == view.name:
        return view
    view.name = name
    _write(work, view)
    # The name itself is people's own words and stays out of the log; the version says which state it was.
    told = {"before": {"version": view.version - 1}, "after": {"version": view.version}}
    record(work, "view:rename", subject_type="view", subject_id=view.id, data={"shared": view.shared, **told})
    return view


def remove(work: Work, view_id: UUID, *, version: int | None = None) -> None:
    """Forget a view. Cases are not touched.

    :raises NotFoundError, ForbiddenError, ConflictError: as :func:`rename`.
    """
    view = _mine(work, view_id, version)
    told = {"shared": view.shared, **_told(view.query)}
    work.session.delete(view)
    try:
        work.session.flush()
    except StaleDataError:
        raise ConflictError from None
    record(work, "view:remove", subject_type="view", subject_id=view_id, data=told)


def check(work: Work, query: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address, each known and readable.

    :raises InvalidError: naming what is not.
    """
    unknown = sorted(set(query) - filters.READERS.keys())
    if unknown:
        raise _wrong(f"没有这些筛选条件：{'、'.join(key[:20] for key in unknown[:5])}。请在列表里查询后再保存。")
    kept = filters.kept(query)
    if not kept:
        raise _wrong("还没有筛选条件，请先在列表里查询，再把条件存为视图。")
    if any(len(value) > MAX_VALUE for value in kept.values()):
        raise _wrong(f"每个筛选条件不能超过{MAX_VALUE}个字。")
    wanted, unread = filters.read(kept)
    if unread:
        raise _wrong(f"筛选条件“{next(iter(unread.values()))[:40]}”不正确，请改正后再保存。")
    if wanted.q and is_identity(wanted.q):
        raise _wrong("电话、证件号不能存入视图：请用“按信访人查找”。")
    # An unknown status, mark or band is refused where the list refuses it.
    queries.matching(work, wanted)
    return kept


def _wrong(sentence: str) -> InvalidError:
    return InvalidError(sentence, fields={"query": sentence})


def _name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= MAX_NAME or not cleaned.isprintable():
        sentence = f"请填写视图名称，不超过{MAX_NAME}个字。"
        raise InvalidError(sentence, fields={"name": sentence})
    return cleaned


def _room(work: Work, *, shared: bool) -> None:
    # Two views saved at once count one another: both wait for the person's row.
    work.session.execute(select(User.id).where(User.id == work.actor.user_id).with_for_update())
    whose = SavedView.shared if shared else SavedView.shared.is_(False) & (SavedView.owner_id == work.actor.user_id)
    count = work.session.scalars(
        select(func.count()).select_from(SavedView).where(SavedView.tenant_id == work.tenant_id, whose)
    ).one()
    if count >= MOST:
        whom = "本单位的共用视图" if shared else "您的视图"
        sentence = f"{whom}已有{MOST}个，请先删除不用的，再保存新的。"
        raise InvalidError(sentence, fields={"name": sentence})


def _mine(work: Work, view_id: UUID, version: int | None) -> SavedView:
    view = work.session.scalars(select(SavedView).where(SavedView.id == view_id).with_for_update()).first()
    if view is None or (not view.shared and view.owner_id != work.actor.user_id):
        raise NotFoundError
    if not may_change(work, view):
        raise ForbiddenError("共用视图由信访部门负责人维护。")
    if version is not None and version != view.version:
        raise ConflictError("这个视图刚刚被修改，请刷新后再操作；您填写的内容仍保留在页面上。")
    return view


def _write(work: Work, view: SavedView) -> None:
    try:
        with work.session.begin_nested():
            work.session.add(view)
            work.session.flush()
    except StaleDataError:
        raise ConflictError from None
    except IntegrityError:
        sentence = "已有同名的视图，请换一个名称，或者先删除原来的。"
        raise InvalidError(sentence, fields={"name": sentence}) from None


def _told(query: Mapping[str, str]) -> dict[str, Any]:
    """What the log keeps of a view: its filters but for free words, which may be a worker's name."""
    return {"filters": {key: value if key != "q" else "…" for key, value in query.items()}}
