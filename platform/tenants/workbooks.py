"""Workbooks that go out: the empty org chart with examples, and the list of one-time links."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from access.roles import LABELS, TENANT_ROLES, Role
from kernel.clock import CHINA
from kernel.formulas import inert
from tenants.chart import PEOPLE, PEOPLE_COLUMNS, PEOPLE_NEEDS, UNIT_COLUMNS, UNIT_NEEDS, UNITS
from tenants.imports import Link
from tenants.models import KIND_LABELS, Kind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_EXAMPLE_UNITS = (
    ("jc", "江城市总工会", "江城总工会", "总工会", "", "", "江总工信", "", "江城市", "320000"),
    ("jc-bei", "北城区总工会", "北城区", "总工会", "jc", "", "北总工信", "", "江城市北城区", "41000"),
    ("jc-jx", "江城市机械冶金工会", "机冶工会", "产业工会", "jc", "", "机冶工信", "", "江城市", "26000"),
    (
        "jc-zg",
        "江城重工集团工会",
        "重工工会",
        "企业集团工会",
        "jc-bei",
        "jc-jx",
        "重工信",
        "",
        "江城市北城区",
        "5200",
    ),
)
_EXAMPLE_PEOPLE = (
    ("jc-bei", "admin", "示例管理员", "租户管理员"),
    ("jc-bei", "clerk", "示例登记员", "登记员"),
    ("jc-bei", "head", "示例负责人", "信访部门负责人、承办人"),
)
_NOTES = (
    "填写说明",
    "1. 带 * 的列必填；列的顺序可以改变，列名请保留。本页只作说明，不会导入。",
    "2. 组织标识用小写字母、数字和短横线，2至40位，是导入时认定同一组织的依据，以后不能改。",
    "3. 上级组织、第二上级填标识或全称，可以是本表中的组织，也可以是平台上已有的组织；没有上级的留空。",
    "4. 平台上已有的组织保持不变：表中不同的内容只列出提示，导入不会修改，也不会调整隶属关系。",
    f"5. 组织类型：{'、'.join(label for kind, label in KIND_LABELS.items() if kind is not Kind.PLATFORM)}。",
    f"6. 角色可填几个，用“、”分开：{'、'.join(LABELS[role] for role in Role if role in TENANT_ROLES)}。",
    "7. 租户管理员、安全管理员、审计员必须由不同的人担任，也不能兼任业务角色。",
    "8. 账号不设密码：导入后下载一次性链接清单，分别交给本人，由本人设置密码。",
)


def template() -> bytes:
    """The org chart to fill in: two sheets with headings, and one with examples and notes that is never read."""
    book = openpyxl.Workbook()
    units = book.active
    assert isinstance(units, Worksheet)
    units.title = UNITS
    _headings(units, UNIT_COLUMNS, UNIT_NEEDS)
    _headings(book.create_sheet(PEOPLE), PEOPLE_COLUMNS, PEOPLE_NEEDS)
    examples = book.create_sheet("示例与说明")
    for note in _NOTES:
        examples.append([note])
    examples["A1"].font = Font(bold=True, size=13)
    for title, columns, rows in (
        (UNITS, UNIT_COLUMNS, _EXAMPLE_UNITS),
        (PEOPLE, PEOPLE_COLUMNS, _EXAMPLE_PEOPLE),
    ):
        examples.append([])
        examples.append([f"“{title}”示例"])
        examples.append([aliases[0] for aliases in columns.values()])
        for row in rows:
            examples.append(row)
    return _bytes(book)


def link_list(links: Sequence[Link], base: str) -> bytes:
    """Every new account with its one-time link; ``base`` is the platform's address without a slash at its end."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "一次性链接"
    _row(sheet, ("组织", "登录账号", "姓名", "角色", "一次性链接", "有效期至"))
    for link in links:
        until = f"{link.until.astimezone(CHINA):%Y-%m-%d %H:%M}"
        login = f"{link.username}@{link.slug}"
        _row(sheet, (link.union, login, link.display_name, link.roles, base + link.path, until))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEF", (28, 24, 14, 20, 64, 18), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    return _bytes(book)


def _row(sheet: Worksheet, values: Iterable[str]) -> None:
    sheet.append([inert(value) for value in values])


def _headings(sheet: Worksheet, columns: dict[str, tuple[str, ...]], needs: Sequence[str]) -> None:
    sheet.append([aliases[0] + ("*" if field in needs else "") for field, aliases in columns.items()])
    for place, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE8F5")
        cell.alignment = Alignment(horizontal="center")
        sheet.column_dimensions[get_column_letter(place)].width = 18
    sheet.freeze_panes = "A2"


def _bytes(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
