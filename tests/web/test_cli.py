"""The console: what it does, what it says, and with which exit code."""

import io
import json

import pytest
from sqlalchemy import create_engine, text

from access.passwords import verify
from tests.builders import Federation
from tests.conftest import Stage
from web.cli import COMMANDS, lianxin, run


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
    assert lianxin.list_commands(None) == list(COMMANDS)  # type: ignore[arg-type]
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
    code, out, _ = console(
        *(
            "tenant",
            "create",
            "east",
            "--name",
            "东区总工会",
            "--code",
            "东总工信",
            "--parent",
            "city",
            "--members",
            "9",
        )
    )
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


def test_the_doctor_finds_everything_well(console) -> None:
    code, out, _ = console("doctor")
    assert code == 0, out
    assert out.count("[通过]") == 7 and "[失败]" not in out


def test_the_doctor_goes_on_after_the_first_trouble(console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXIN_REDIS_URL", "redis://127.0.0.1:1/0")
    code, out, _ = console("doctor")
    assert code == 1
    assert out.count("[失败]") == 1 and "[通过] 网页资源" in out
    monkeypatch.setenv("LIANXIN_SECRET_KEY", "short")
    code, out, _ = console("doctor")
    assert code == 1 and "太弱" in out
