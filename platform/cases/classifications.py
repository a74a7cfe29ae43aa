"""A tenant's second classification, loaded from a table of three levels."""

from __future__ import annotations

from sqlalchemy import insert, select

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases.columns import heading, plain
from cases.models import Classification
from kernel.errors import InvalidError
from kernel.ids import uuid7
from kernel.sheets import Sheet

MAX_SCHEME = 40
MAX_NAME = 60
_LEVELS = (
    frozenset({"level1", "一级", "一级分类", "一级类别"}),
    frozenset({"level2", "二级", "二级分类", "二级类别"}),
    frozenset({"level3", "三级", "三级分类", "三级类别"}),
)

Branch = tuple[str, str, str]


def load(work: Work, sheet: Sheet, scheme: str) -> tuple[int, int]:
    """Add the branches of a table to ``scheme`` and return how many were added and how many were there already.

    Nothing is taken away: claims may point at a branch that a later table leaves out.

    :raises ForbiddenError: for anybody but the tenant's administrator or the system.
    :raises InvalidError: without a first level's column, or naming the rows that break a rule; nothing is written.
    """
    work.actor.require((Role.TENANT_ADMIN, Role.SYSTEM))
    scheme = scheme.strip()
    if not 1 <= len(scheme) <= MAX_SCHEME:
        raise InvalidError(f"分类名称应为1至{MAX_SCHEME}个字。", fields={"scheme": "分类名称长度不符合要求"})
    wanted = _branches(sheet)
    levels = select(Classification.level1, Classification.level2, Classification.level3)
    known = {tuple(row) for row in work.session.execute(levels.where(Classification.scheme == scheme))}
    fresh = [branch for branch in wanted if branch not in known]
    if fresh:
        work.session.execute(
            insert(Classification.__table__),  # type: ignore[arg-type]
            [
                {
                    "tenant_id": work.tenant_id,
                    "id": uuid7(),
                    "scheme": scheme,
                    "level1": branch[0],
                    "level2": branch[1],
                    "level3": branch[2],
                }
                for branch in fresh
            ],
        )
        record(work, "classification:load", subject_type="tenant", data={"scheme": scheme, "added": len(fresh)})
    return len(fresh), len(wanted) - len(fresh)


def _branches(sheet: Sheet) -> list[Branch]:
    titles = [heading(cell).casefold() for cell in sheet.rows[0].cells]
    places = [next((place for place, title in enumerate(titles) if title in level), None) for level in _LEVELS]
    if places[0] is None:
        raise InvalidError("表格缺少必需的列：“一级分类”（level1）；二级、三级分类（level2、level3）可以没有。")
    found: dict[Branch, None] = {}
    problems: list[str] = []
    for row in sheet.rows[1:]:
        names = [plain(row.cells[place]) if place is not None and place < len(row.cells) else "" for place in places]
        if not names[0] or (names[2] and not names[1]):
            problems.append(f"第{row.number}行：上级分类是空的。")
        elif max(map(len, names)) > MAX_NAME:
            problems.append(f"第{row.number}行：分类名称超过{MAX_NAME}个字。")
        found[(names[0], names[1], names[2])] = None
    if problems:
        raise InvalidError("".join(problems[:10]) + f"共{len(problems)}行有误，未写入任何数据。")
    if not found:
        raise InvalidError("表格只有列名，没有数据行。")
    return list(found)
