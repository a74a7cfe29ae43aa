"""The console's outside face: written down by hand, because checks and operators' notes use these names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
from sqlalchemy import text

from archives import destroying
from documents import blobs
from kernel.clock import SystemClock
from kernel.errors import UnavailableError
from tests.archives.test_destroying import SECOND, second
from tests.builders import Federation
from tests.web.test_cli import console, tamper  # noqa: F401 - fixtures
from web.cli import lianxin

#: Command → its arguments and options. Taking a name away or changing it breaks somebody's script.
FACE: dict[str, set[str]] = {
    "demo": {"--port", "--home"},
    "serve": {"--host", "--port", "--workers", "--threads"},
    "worker": set(),
    "scheduler": set(),
    "db upgrade": set(),
    "db check": set(),
    "tenant create": {
        *("SLUG", "--name", "--kind", "--code", "--parent", "--second-parent", "--short-name", "--region"),
        *("--members", "--credit-code", "--seal-text", "--colour", "--address", "--phone", "--hours", "--calendar"),
        *("--admin", "--admin-name", "--base-url"),
    },
    "tenant list": {"--search", "--json"},
    "tenant show": {"SLUG", "--json"},
    "tenant suspend": {"SLUG", "--reason"},
    "tenant resume": {"SLUG", "--reason"},
    "tenant close": {"SLUG", "--reason", "--retention-years"},
    "tenant export": {"SLUG", "--to", "--passphrase-file"},
    "tenant restore": {"FILE", "--passphrase-file"},
    "tenant destroy": {"SLUG", "--confirm"},
    "tenant import": {"FILE", "--dry-run", "--links", "--renew-links", "--base-url"},
    "tenant move": {"SLUG", "--to", "--reason"},
    "user create": {"LOGIN", "--role", "--display-name", "--password-stdin", "--keep-password"},
    "user reset": {"LOGIN"},
    "cases import": {"FILE", "--tenant", "--dry-run", "--channel"},
    "cases tokenise": {"--tenant"},
    "cases train": {"--tenant"},
    "categories import": {"FILE", "--tenant", "--scheme"},
    "facts rebuild": {"--tenant"},
    "audit heads": {"--tenant"},
    "audit verify": {"--tenant", "--since", "--head"},
    "doctor": set(),
    "demo-seed": {"--home", "--cases"},
}


def commands(path: str = "", group: click.Command = lianxin) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by the words that call it."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None, name
        yield from commands(f"{path} {name}".strip(), found)


def taken(command: click.Command) -> set[str]:
    """The words that a command takes, as its help shows them."""
    found = set()
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            found |= set() if parameter.hidden else {name for name in parameter.opts if name.startswith("--")}
        else:
            found.add(parameter.make_metavar(click.Context(command)))
    return found


def test_the_console_has_these_commands_with_these_options_and_no_others() -> None:
    assert {path: taken(command) for path, command in commands()} == FACE


def test_a_register_is_checked_and_then_imported(
    console,  # noqa: F811
    federation: Federation,
    tmp_path: Path,
) -> None:
    file = tmp_path / "register.csv"
    row = "1,甲,三个月工资未发,2026-02-25,单位自去年十二月起未发工资。"
    file.write_text(f"编号,来访人代号,主题,时间,内容\n{row}\n", encoding="utf-8")

    def count() -> int:
        with federation.work_as_system("street") as work:
            return int(work.session.execute(text("select count(*) from cases")).scalar_one())

    code, out, err = console("cases", "import", str(file), "--tenant", "street", "--dry-run")
    assert code == 0 and "检查通过：1行" in out and count() == 0, err
    code, out, err = console("cases", "import", str(file), "--tenant", "street")
    assert code == 0 and count() == 1, err
    assert console("cases", "import", str(file), "--tenant", "street")[0] == 0
    assert count() == 1, "the same file again registers nothing"
    code, _, err = console("cases", "import", str(file), "--tenant", "nowhere")
    assert code == 1 and "没有标识为“nowhere”的组织" in err
    wrong = row.replace("2026-02-25", "三月二日前后")
    file.write_text(f"编号,来访人代号,主题,时间,内容\n{wrong}\n", encoding="utf-8")
    code, _, err = console("cases", "import", str(file), "--tenant", "street", "--dry-run")
    assert code == 1 and "第2行" in err and count() == 1


@pytest.mark.usefixtures("clean")
def test_a_union_rests_works_again_is_closed_and_destroyed(
    console,  # noqa: F811
    tamper,  # noqa: F811
    federation: Federation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    why = ("--reason", "机构撤销，停止使用")
    assert console("tenant", "suspend", "west")[0] == 2, "no change of a union's life without a reason"
    code, out, err = console("tenant", "suspend", "west", *why)
    assert code == 0 and "已停用：西区总工会" in out, err
    code, out, err = console("tenant", "resume", "west", *why)
    assert code == 0 and "已恢复使用：西区总工会" in out, err
    code, _, err = console("tenant", "close", "west", *why)
    assert code == 1 and len(err.strip().splitlines()) == 1, "only a suspended union is closed"
    assert console("tenant", "suspend", "west", *why)[0] == 0
    with federation.work_as_system("west") as work:
        blobs.keep(work, b"a file")
    code, out, err = console("tenant", "close", "west", *why, "--retention-years", "10")
    assert code == 0 and "已关闭：西区总工会" in out, err
    (tmp_path / "words").write_text("测试口令-足够长的一句话\n", encoding="utf-8")
    words = ("--passphrase-file", str(tmp_path / "words"))
    code, out, err = console("tenant", "export", "west", "--to", str(tmp_path / "west.zip"), *words)
    assert code == 0, err
    digest = out.partition("（SHA-256）：")[2].split()[0]

    confirmed = ("tenant", "destroy", "west", "--confirm", "west")
    tamper("update tenants set retention_until = current_date - 1 where slug = 'west'")
    assert console(*confirmed)[0] == 1, "nobody has signed"
    with federation.work_as_system("platform") as work:
        federation.users[SECOND] = second(work)
    with federation.work("root@platform") as work:
        asked = destroying.ask_destruction(
            replace(work, clock=SystemClock()), "west", reason="保管期限届满", manifest=digest
        )
    with federation.work(SECOND) as work:
        destroying.confirm_destruction(replace(work, clock=SystemClock()), asked.id)
    code, _, err = console("tenant", "destroy", "west", "--confirm", "east")
    assert code == 1 and "没有删除任何数据" in err and left(federation) == (True, True)

    def away(*_: object) -> int:
        raise UnavailableError("文件存储暂时不可用。")

    # Rows first: interrupted in between, the files are found again by their union's number, and the command goes on.
    with monkeypatch.context() as broken:
        broken.setattr("web.commands.life.destroying.shred", away)
        assert console(*confirmed)[0] == 1 and left(federation) == (True, True)
    with monkeypatch.context() as broken:
        broken.setattr("web.commands.life.blobs.shred", away)
        assert console(*confirmed)[0] == 1 and left(federation) == (False, True)
    code, out, err = console(*confirmed)
    assert code == 0 and "已销毁“西区总工会”的全部数据" in out and digest in out, err
    assert left(federation) == (False, False)
    code, out, _ = console("audit", "verify")
    assert code == 0 and "西区总工会：数据已于" in out
    assert console(*confirmed)[0] == 1, "destroyed once"


def left(federation: Federation) -> tuple[bool, bool]:
    """Whether the union still has rows, and files."""
    with federation.work_as_system("west") as work:
        rows = work.session.execute(text("select count(*) from users")).scalar_one()
        return bool(rows), bool(list(work.files.store.names(f"{work.tenant_id}/")))
