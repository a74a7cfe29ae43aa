"""The console: what it does, what it says, and with which exit code."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import create_engine, text

from access.passwords import verify
from tests.builders import Federation
from tests.conftest import Stage
from web.cli import COMMANDS, run


@pytest.fixture
def console(clean: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run one command against the test's database: (exit code, stdout, stderr)."""
    for key, value in clean.env.items():
        monkeypatch.setenv(key, value)

    def call(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = run(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_every_command_of_the_table_exists_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    # Which ones there are, and what they take, is written down in test_face.
    for name in COMMANDS:
        assert run([name, "--help"]) == 0
        assert f"lianxin {name}" in capsys.readouterr().out


def test_a_database_is_upgraded_twice_without_harm_and_checked(console) -> None:
    for _ in range(2):
        code, out, err = console("db", "upgrade")
        assert (code, err) == (0, "") and "已是最新" in out
    code, out, err = console("db", "check")
    assert (code, err) == (0, "") and "一致" in out


def test_a_table_that_differs_from_the_code_is_found(console, clean: Stage) -> None:
    engine = create_engine(clean.env["LIANXIN_DATABASE_OWNER_URL"])
    with engine.begin() as connection:
        connection.execute(text("alter table notices add column stray text"))
    try:
        code, _, err = console("db", "check")
        assert code == 1 and "不一致" in err
        assert console("doctor")[0] == 1
    finally:
        with engine.begin() as connection:
            connection.execute(text("alter table notices drop column stray"))
        engine.dispose()


def test_the_owner_as_the_applications_account_is_found(
    console, clean: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANXIN_DATABASE_URL", clean.env["LIANXIN_DATABASE_OWNER_URL"])
    code, _, err = console("db", "check")
    assert code == 1 and "应用账号拥有数据表" in err
    assert console("tenant", "list")[0] == 1
    code, out, _ = console("doctor")
    assert code == 1 and "[失败] 数据库连接与账号" in out


def test_a_database_that_is_down_is_one_sentence(console, monkeypatch: pytest.MonkeyPatch) -> None:
    down = "postgresql+psycopg://lianxin_app:geheim@127.0.0.1:1/x"
    for name in ("LIANXIN_DATABASE_URL", "LIANXIN_DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, down)
    for command in (["db", "upgrade"], ["db", "check"], ["tenant", "list"], ["serve"], ["audit", "verify"]):
        code, _, err = console(*command)
        assert code == 1, command
        assert len(err.strip().splitlines()) == 1 and "Traceback" not in err and "geheim" not in err
    code, out, _ = console("doctor")
    assert code == 1 and "geheim" not in out


def test_a_missing_owner_address_is_named(console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIANXIN_DATABASE_OWNER_URL")
    code, _, err = console("db", "upgrade")
    assert code == 1 and "LIANXIN_DATABASE_OWNER_URL" in err


@pytest.mark.parametrize(
    "arguments", [["frob"], ["tenant"], ["tenant", "create"], ["serve", "--port", "x"], ["serve", "--nope"]]
)
def test_a_wrong_call_is_exit_code_two(console, arguments: list[str]) -> None:
    assert console(*arguments)[0] == 2


def test_unions_are_founded_listed_and_shown(console) -> None:
    assert console("tenant", "create", "city", "--name", "测试市总工会", "--code", "测总工信")[0] == 0
    east = ("east", "--name", "东区总工会", "--code", "东总工信", "--parent", "city", "--members", "9")
    code, out, _ = console("tenant", "create", *east)
    assert code == 0 and "东区总工会" in out
    code, out, _ = console("tenant", "list")
    assert [line.split("\t")[1] for line in out.splitlines()] == ["city", "east"]
    code, out, _ = console("tenant", "list", "--search", "东区", "--json")
    assert json.loads(out)["slug"] == "east"
    code, out, _ = console("tenant", "show", "east")
    assert "上级：测试市总工会" in out
    for wrong in (["EAST!", "city"], ["east", "city"], ["west", "nowhere"]):
        code, _, err = console("tenant", "create", wrong[0], "--name", "某", "--code", "某", "--parent", wrong[1])
        assert code == 1 and err.strip().endswith("。")
    assert console("tenant", "show", "nowhere")[0] == 2


def test_a_union_is_founded_with_everything_and_moved(console, federation: Federation) -> None:
    code, out, err = console(
        *("tenant", "create", "north", "--name", "北区总工会", "--code", "北总工信", "--parent", "city"),
        *("--second-parent", "west", "--credit-code", "81110000MC0000001R", "--colour", "#b3261e"),
        *("--admin", "chief", "--admin-name", "测试北管", "--base-url", "https://example.test/"),
    )
    assert code == 0, err
    assert "chief@north" in out and "https://example.test/welcome/north/" in out
    code, out, err = console("tenant", "move", "north", "--to", "east", "--reason", "区划调整")
    assert code == 0 and "东区总工会" in out, err
    code, out, _ = console("tenant", "show", "north")
    for words in ("第二上级：西区总工会", "81110000MC0000001R", "入驻时 至", "区划调整"):
        assert words in out
    code, _, err = console("tenant", "move", "city", "--to", "north", "--reason", "区划调整")
    assert code == 1 and "不能成为它的上级" in err
    assert console("tenant", "create", "south", "--name", "南", "--code", "南", "--admin", "chief")[0] == 2


def test_an_org_chart_is_imported_and_its_links_are_written_once(
    console, federation: Federation, tmp_path: Path
) -> None:
    file, links = tmp_path / "org.xlsx", tmp_path / "links.xlsx"
    book = openpyxl.Workbook()
    units = book.active
    assert units is not None
    units.title = "组织"
    units.append(["组织标识", "组织全称", "组织类型", "上级组织", "机关代字"])
    units.append(["north", "北区总工会", "总工会", "city", "北总工信"])
    people = book.create_sheet("用户")
    people.append(["组织标识", "用户名", "姓名", "角色"])
    people.append(["north", "admin", "测试北管", "租户管理员"])
    book.save(file)
    code, out, err = console("tenant", "import", str(file), "--dry-run")
    assert code == 0 and "将新建组织1个" in out, err
    assert console("tenant", "show", "north")[0] == 2
    code, out, err = console("tenant", "import", str(file), "--links", str(links))
    assert code == 0 and "组织 1/1，账号 1/1" in out, err
    assert links.stat().st_mode & 0o077 == 0
    code, _, err = console("tenant", "import", str(file), "--links", str(links))
    assert code == 1 and "已存在" in err
    units.append(["lane", "巷工会", "总工会", "nowhere", "巷工信"])
    book.save(file)
    code, _, err = console("tenant", "import", str(file), "--dry-run")
    assert code == 1 and "“组织”第3行 上级组织" in err
    assert console("tenant", "import", str(tmp_path / "none.xlsx"))[0] == 1


def test_an_account_is_opened_with_a_given_or_a_one_time_password(console, federation: Federation) -> None:
    code, out, _ = console("user", "create", "first@street", "--role", "clerk", "--display-name", "测试一")
    assert code == 0
    once = out.splitlines()[-1].partition("：")[2]
    with federation.database.transaction(federation.ids["street"]) as session:
        row = session.execute(text("select * from users where username = 'first'")).one()
    assert verify(row.password_hash, once) and row.must_change_password
    code, out, _ = console(
        *("user", "create", "second@street", "--role", "clerk", "--role", "handler"),
        *("--password-stdin", "--keep-password"),
        stdin="Ein-Passwort-1\n",
    )
    assert code == 0 and "Ein-Passwort-1" not in out
    with federation.database.transaction(federation.ids["street"]) as session:
        row = session.execute(text("select * from users where username = 'second'")).one()
    assert verify(row.password_hash, "Ein-Passwort-1") and not row.must_change_password
    for arguments in (
        ["first@street", "--role", "clerk"],
        ["third@nowhere", "--role", "clerk"],
        ["third@street", "--role", "platform_admin"],
        ["third", "--role", "clerk"],
        ["third@street", "--role", "clerk", "--role", "auditor"],
    ):
        code, _, err = console("user", "create", *arguments)
        assert code == 1 and len(err.strip().splitlines()) == 1, arguments
    assert console("user", "create", "root2", "--role", "platform_admin")[0] == 0


def test_the_console_gives_a_new_password_to_whom_nobody_else_can_help(console, federation: Federation) -> None:
    with federation.database.transaction(federation.ids["street"]) as session:
        session.execute(text("update users set failed_logins = 100 where username = 'admin'"))
    code, out, _ = console("user", "reset", "admin@street")
    assert code == 0
    once = out.splitlines()[-1].partition("：")[2]
    with federation.database.transaction(federation.ids["street"]) as session:
        row = session.execute(text("select * from users where username = 'admin'")).one()
    assert verify(row.password_hash, once) and row.must_change_password and row.failed_logins == 0
    for nobody in ("nobody@street", "admin@nowhere"):
        assert console("user", "reset", nobody)[0] == 1


def test_chains_verify_and_a_changed_event_is_named(console, clean: Stage, federation: Federation) -> None:
    code, out, _ = console("audit", "verify")
    assert code == 0 and len(out.splitlines()) == 5
    assert "东一街道工会联合会：8 条完好，链尾 8 " in out
    admin = clean.admin_url.rsplit("/", 1)[0] + "/" + clean.settings.database_url.rsplit("/", 1)[1]
    engine = create_engine(admin)
    with engine.begin() as connection:
        tampered = text("update audit_events set data = '{}' where tenant_id = :t and seq = 3")
        connection.execute(tampered, {"t": federation.ids["street"]})
    engine.dispose()
    code, out, err = console("audit", "verify")
    assert code == 1 and "第 3 条" in err and "有 1 个组织" in err
    assert console("audit", "verify", "--tenant", "city")[0] == 0
    assert console("audit", "verify", "--tenant", "street")[0] == 1


@pytest.fixture
def tamper(clean: Stage):
    """Statements of somebody who has the whole database: the superuser, whom no policy binds."""
    admin = clean.admin_url.rsplit("/", 1)[0] + "/" + clean.settings.database_url.rsplit("/", 1)[1]
    engine = create_engine(admin)

    def run(*statements: str, **values: object) -> None:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), values)

    yield run
    engine.dispose()


def test_a_tail_cut_off_with_its_head_is_found_against_what_was_noted_outside(
    console, federation: Federation, tamper, tmp_path: Path
) -> None:
    code, out, err = console("audit", "heads")
    assert (code, err) == (0, "") and "street:8:" in out
    noted = tmp_path / "heads.txt"
    noted.write_text("# 2026-03-02\n" + out, encoding="utf-8")
    federation.register()  # what is written later does not disturb
    code, out, _ = console("audit", "verify", "--since", str(noted))
    assert code == 0 and "与留存的 1 条链尾相符" in out
    street = federation.ids["street"]
    tamper(
        "delete from audit_events where tenant_id = :t and seq > 5",
        "update audit_heads set seq = 5, hash = (select hash from audit_events where tenant_id = :t and seq = 5)"
        " where tenant_id = :t",
        t=street,
    )
    assert console("audit", "verify")[0] == 0, "inside, nothing tells of it"
    code, _, err = console("audit", "verify", "--since", str(noted))
    assert code == 1 and "东一街道工会联合会：第 6 条起的记录不见了：留存的链尾是第 8 条" in err
    line = next(line for line in noted.read_text().splitlines() if line.startswith("street:"))
    assert console("audit", "verify", "--head", line)[0] == 1
    assert console("audit", "verify", "--tenant", "city", "--since", str(noted))[0] == 0


def test_a_chain_that_was_written_anew_is_found_against_what_was_noted_outside(
    console, federation: Federation
) -> None:
    code, _, err = console("audit", "verify", "--head", f"street:3:{'0' * 64}")
    assert code == 1 and "第 3 条与留存的链尾不符" in err
    code, _, err = console("audit", "verify", "--head", f"vanished:3:{'0' * 64}")
    assert code == 1 and "vanished：留存了它的链尾，现在却没有这个组织" in err
    for wrong in ("street:3:abc", "street"):
        code, _, err = console("audit", "verify", "--head", wrong)
        assert code == 1 and "格式不正确" in err


def test_a_union_with_people_and_no_log_at_all_is_not_well(console, federation: Federation, tamper) -> None:
    street = federation.ids["street"]
    for table in ("audit_events", "audit_heads"):
        tamper(f"delete from {table} where tenant_id = :t", t=street)
    code, _, err = console("audit", "verify")
    assert code == 1 and "东一街道工会联合会：第 1 条起的记录和链尾记录缺失" in err


def test_the_doctor_finds_everything_well(console) -> None:
    code, out, _ = console("doctor")
    assert code == 0, out
    assert out.count("[通过]") == 10 and "[失败]" not in out


def test_the_doctor_goes_on_after_the_first_trouble(console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXIN_REDIS_URL", "redis://127.0.0.1:1/0")
    code, out, _ = console("doctor")
    assert code == 1
    assert out.count("[失败]") == 1 and "[通过] 网页资源" in out
    monkeypatch.setenv("LIANXIN_SECRET_KEY", "short")
    code, out, _ = console("doctor")
    assert code == 1 and "太弱" in out
