"""An org chart comes in whole or not at all; a second run changes nothing; every kind of mess has its sentence."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event, text

from access.actor import Work
from kernel.errors import ForbiddenError, InvalidError, UnavailableError
from kernel.sheets import Sheet, read_all
from tenants import imports, queries
from tenants.imports import ChartError
from tenants.invitations import accept
from tenants.workbooks import link_list, template
from tests.builders import Federation
from tests.tenants.charts import book, bring, reread, unit


def counts(federation: Federation) -> tuple[int, ...]:
    with federation.work_as_system("platform") as work:
        return tuple(work.session.execute(text("select count(*), max(level) from tenants where id > 0")).one())


def test_a_chart_founds_the_tree_in_any_order_and_opens_the_accounts(federation: Federation) -> None:
    report = bring(
        federation,
        book(
            [
                unit("leaf", "branch", second="west", members="１，２００"),
                unit("branch", "东区总工会"),
                unit("crown", ""),
            ],
            [
                ("leaf", "admin", "测试叶管", "租户管理员"),
                ("leaf总工会", "Head", "测试叶长", "信访部门负责人，承办人"),
            ],
        ),
    )
    assert (report.units, report.founded, report.people, report.opened) == (3, 3, 2, 2)
    assert report.complete and len(report.links) == 2
    with federation.work_as_system("platform") as work:
        leaf, branch = queries.by_slug(work.session, "leaf"), queries.by_slug(work.session, "branch")
        assert leaf is not None and branch is not None
        assert (leaf.parent_id, leaf.level, leaf.members) == (branch.id, 4, 1200)
        assert leaf.second_parent_id == federation.ids["west"]
        assert branch.parent_id == federation.ids["east"]
        federation.ids = federation.ids | {"leaf": leaf.id}
    with federation.work_as_system("leaf") as work:
        token = report.links[1].path.rsplit("/", 1)[1]
        assert accept(work, token, password="Passwort-2026", display_name="测试叶长").username == "head"


def test_a_second_run_writes_nothing_and_reports_what_differs(federation: Federation) -> None:
    units = [unit("north"), unit("lane", "north")]
    people = [("north", "admin", "测试北管", "租户管理员")]
    bring(federation, book(units, people))
    before = counts(federation)
    again = bring(federation, book(units, people))
    assert (again.founded, again.opened, again.links, again.differences) == (0, 0, (), ())
    assert again.complete
    changed = bring(
        federation,
        book([unit("north", name="北区工会"), unit("lane", "west")], [("north", "admin", "测试北管", "安全管理员")]),
    )
    assert {(each.column, each.now, each.told) for each in changed.differences} == {
        ("组织全称", "north总工会", "北区工会"),
        ("上级组织", "north", "west"),
        ("角色", "租户管理员", "安全管理员"),
    }
    assert counts(federation) == before
    with federation.work_as_system("platform") as work:
        lane = queries.by_slug(work.session, "lane")
        north = queries.by_slug(work.session, "north")
        assert lane is not None and north is not None
        assert lane.parent_id == north.id, "an import moves nobody"
        assert north.name == "north总工会"


def test_a_dry_run_tells_the_same_and_writes_nothing(federation: Federation) -> None:
    before = counts(federation)
    report = bring(federation, book([unit("north")], [("north", "admin", "测试北管", "租户管理员")]), dry_run=True)
    assert (report.founded, report.opened, report.units_there, report.links) == (1, 1, None, ())
    assert counts(federation) == before


PROBLEMS: dict[str, tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], tuple[str, int, str, str]]] = {
    "cycle": ([unit("aa", "bb"), unit("bb", "cc"), unit("cc", "aa")], [], ("组织", 2, "上级组织", "循环")),
    "itself": ([unit("aa", "aa")], [], ("组织", 2, "上级组织", "上级是自己")),
    "cycle by the second line": (
        [unit("aa", "city", second="bb"), unit("bb", "aa")],
        [],
        ("组织", 2, "上级组织", "循环"),
    ),
    "orphan": ([unit("aa", "nowhere")], [], ("组织", 2, "上级组织", "都没有这个组织")),
    "slug twice": ([unit("aa"), unit("aa")], [], ("组织", 3, "组织标识", "与第2行")),
    "code twice": (
        [unit("aa", credit="81110000MC0000001R"), unit("bb", credit="８１１１００００MC0000001R")],
        [],
        ("组织", 3, "统一社会信用代码", "与第2行"),
    ),
    "wrong code": ([unit("aa", credit="81110000MC0000001X")], [], ("组织", 2, "统一社会信用代码", "校验位")),
    "unknown kind": ([unit("aa", kind="公司")], [], ("组织", 2, "组织类型", "没有“公司”")),
    "no name": ([unit("aa", name="")], [], ("组织", 2, "组织全称", "不能为空")),
    "bad slug": ([unit("A市")], [], ("组织", 2, "组织标识", "小写字母")),
    "members": ([unit("aa", members="许多")], [], ("组织", 2, "会员人数", "不是人数")),
    "person of nowhere": ([], [("zz", "admin", "测试", "登记员")], ("用户", 2, "组织标识", "都没有这个组织")),
    "person twice": (
        [unit("aa")],
        [("aa", "clerk", "测试一", "登记员"), ("aa", "CLERK", "测试二", "登记员")],
        ("用户", 3, "用户名", "与第2行"),
    ),
    "role": ([unit("aa")], [("aa", "boss", "测试", "总统")], ("用户", 2, "角色", "没有“总统”")),
    "three admins": (
        [unit("aa")],
        [("aa", "boss", "测试", "租户管理员、审计员")],
        ("用户", 2, "角色", "三员分立"),
    ),
    "platform role": ([unit("aa")], [("aa", "boss", "测试", "平台管理员")], ("用户", 2, "角色", "没有“平台管理员”")),
    "working union": ([], [("street", "new", "测试", "登记员")], ("用户", 2, "用户名", "由其自行管理")),
    "no person": ([unit("aa")], [("aa", "new", "", "登记员")], ("用户", 2, "姓名", "不能为空")),
    "username": ([unit("aa")], [("aa", "新 人", "测试", "登记员")], ("用户", 2, "用户名", "用户名只能")),
}


@pytest.mark.parametrize("kind", PROBLEMS)
def test_what_is_wrong_is_told_by_sheet_row_and_column_and_nothing_is_written(
    federation: Federation, kind: str
) -> None:
    units, people, (sheet, row, column, words) = PROBLEMS[kind]
    before = counts(federation)
    with pytest.raises(ChartError) as refused:
        bring(federation, book([*units, unit("innocent")], people))
    assert any(
        (each.sheet, each.row, each.column) == (sheet, row, column) and words in each.sentence
        for each in refused.value.problems
    ), refused.value.problems
    assert counts(federation) == before


def test_every_problem_is_listed_at_once(federation: Federation) -> None:
    with pytest.raises(ChartError, match="有4处") as refused:
        bring(federation, book([unit("aa", "zz", kind="?"), unit("bb", code="")], [("aa", "x", "测试", "登记员")]))
    assert [each.row for each in refused.value.problems] == [2, 2, 3, 2]


@pytest.mark.parametrize(("status", "word"), [("suspended", "已停用"), ("closed", "已关闭")])
def test_a_parent_that_does_not_work_takes_nobody(federation: Federation, status: str, word: str) -> None:
    with federation.work_as_system("platform") as work:
        west = queries.by_slug(work.session, "west")
        assert west is not None
        west.status = status
    with pytest.raises(ChartError) as refused:
        bring(federation, book([unit("north", "west")]))
    assert word in refused.value.problems[0].sentence


def test_a_code_of_somebody_else_is_not_told_whose(federation: Federation) -> None:
    bring(federation, book([unit("north", credit="81110000MC0000001R")]))
    with pytest.raises(ChartError) as refused:
        bring(federation, book([unit("south", credit="81110000MC0000001R")]))
    assert "north" not in refused.value.problems[0].sentence


def test_titles_merged_headings_and_wide_digits_are_understood(federation: Federation) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "组织"
    sheet.append(["测试市工会组织架构表"])
    sheet.merge_cells("A1:H1")
    sheet.append(["组织", None, None, "所在位置", None, "机关代字 *", "规模", None])
    sheet.append(["组织 标识*", "组织名称（全称）", "组织类型", "上级组织", "行政区域", None, "会员人数", None])
    sheet.merge_cells("A2:C2")
    sheet.merge_cells("D2:E2")
    sheet.merge_cells("F2:F3")
    sheet.append(["ｎｏｒｔｈ１", "　北区 总工会　", " 总工会 ", "ｃｉｔｙ", "测试市", "北总工信", "１２３４"])
    sheet.append([None, None, "  ", None])
    report = bring(federation, reread(made))
    assert report.founded == 1
    with federation.work_as_system("platform") as work:
        north = queries.by_slug(work.session, "north1")
        assert north is not None
        assert (north.name, north.code, north.region, north.members) == ("北区 总工会", "北总工信", "测试市", 1234)


@pytest.mark.parametrize(
    ("sheets", "sentence"),
    [
        (lambda: book(unit_head=("甲", "乙")), "缺少列"),
        (book, "没有数据行"),
        (lambda: {"别的": Sheet(())}, "没有名为“组织”的工作表"),
        (lambda: read_all("a.csv", b"a,b"), "不是 Excel 工作簿"),
        (lambda: read_all("a.xlsx", b""), "是空的"),
    ],
)
def test_a_file_that_is_no_chart_is_refused_in_one_sentence(
    federation: Federation, sheets: Any, sentence: str
) -> None:
    with pytest.raises(InvalidError, match=sentence):
        bring(federation, sheets())


def test_a_run_that_died_between_tree_and_accounts_is_finished_by_the_next(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    units, people = [unit("aa"), unit("bb")], [(slug, "admin", "测试管", "租户管理员") for slug in ("aa", "bb")]
    real = imports._open

    def dies(work: Work, slug: str, *args: Any, **options: Any) -> Any:
        if slug == "bb":
            raise UnavailableError("断电")
        return real(work, slug, *args, **options)

    monkeypatch.setattr(imports, "_open", dies)
    with pytest.raises(UnavailableError):
        bring(federation, book(units, people))
    monkeypatch.undo()
    report = bring(federation, book(units, people), renew_links=True)
    assert (report.founded, report.opened, report.complete) == (0, 1, True)
    assert sorted(link.slug for link in report.links) == ["aa", "bb"], "the lost link is given again"


def test_only_the_platform_imports(federation: Federation) -> None:
    with pytest.raises(ForbiddenError):
        bring(federation, book([unit("north")]), login="admin@city")


def test_a_union_of_a_long_chart_costs_what_one_of_a_short_chart_does(federation: Federation) -> None:
    def cost(prefix: str, size: int) -> int:
        units = [unit(f"{prefix}-top", "city"), *(unit(f"{prefix}-{each}", f"{prefix}-top") for each in range(size))]
        people = [(f"{prefix}-{each}", f"p{who}", "测试员", "登记员") for each in range(size) for who in range(2)]
        statements: list[str] = []

        def note(*asked: Any) -> None:
            statements.append(asked[2])

        event.listen(federation.database.engine, "before_cursor_execute", note)
        try:
            report = bring(federation, book(units, people))
        finally:
            event.remove(federation.database.engine, "before_cursor_execute", note)
        assert (report.founded, report.opened, report.complete) == (size + 1, 2 * size, True)
        return len(statements)

    few, many = cost("few", 10), cost("many", 60)
    assert few < 200
    assert many <= few * 6, (few, many)


def test_the_template_is_understood_and_brings_nothing_by_itself(federation: Federation) -> None:
    with pytest.raises(InvalidError, match="没有数据行"):
        bring(federation, read_all("t.xlsx", template()))


def test_a_list_of_links_holds_no_formula(federation: Federation) -> None:
    report = bring(federation, book([unit("north")], [("north", "admin", "+SUM(1)", "租户管理员")]))
    cells = openpyxl.load_workbook(io.BytesIO(link_list(report.links, "https://example.test"))).active
    assert cells is not None
    row = [cell.value for cell in cells[2]]
    assert row[1] == "admin@north" and row[2] == "'+SUM(1)"
    assert str(row[4]).startswith("https://example.test/welcome/north/")
    assert all(cell.data_type == "s" for cell in cells[2])
