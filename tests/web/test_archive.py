"""``lianxin tenant export`` and ``restore`` from the console, from one deployment to another one's keys."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from infra.servers import Environment
from infra.vault import new_data_keys
from kernel.settings import Settings
from tests import template
from tests.builders import Federation
from tests.web.clients import login
from tests.web.test_cli import console  # noqa: F401 - a fixture
from web.app import create_app

PASSPHRASE = "测试口令-足够长的一句话"


def test_a_union_moves_to_another_deployment_by_two_commands(
    console,  # noqa: F811
    federation: Federation,
    servers: Environment,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    number = federation.accepted("east").number
    (tmp_path / "words").write_text(PASSPHRASE + "\n", encoding="utf-8")
    target, words = str(tmp_path / "east.zip"), ("--passphrase-file", str(tmp_path / "words"))
    code, out, err = console("tenant", "export", "east", "--to", target, *words)
    assert (code, err) == (0, ""), err
    assert "已导出“东区总工会”" in out and PASSPHRASE not in out
    for name, sentence in (("east", "已存在"), ("nowhere", "没有标识"), ("platform", "没有标识")):
        code, _, err = console("tenant", "export", name, "--to", target, *words)
        assert code == 1 and sentence in err and len(err.strip().splitlines()) == 1
    with federation.database.transaction(0) as session:
        told = session.execute(text("select data from audit_events where action = 'tenant:export'")).scalar_one()
    assert told["slug"] == "east" and told["manifest"] in out
    assert console("audit", "verify")[0] == 0
    name = f"lianxin_moved_{os.getpid()}"
    environment = template.copied(servers, name)
    try:
        env = dict(environment.env) | {"LIANXIN_DATA_KEYS": new_data_keys(), "LIANXIN_COOKIE_SECURE": "0"}
        for key, value in env.items():
            monkeypatch.setenv(key, value)
        (tmp_path / "wrong").write_text("不是这个口令，是另一个\n", encoding="utf-8")
        code, _, err = console("tenant", "restore", target, "--passphrase-file", str(tmp_path / "wrong"))
        assert code == 1 and "口令不正确" in err
        code, out, err = console("tenant", "restore", target, *words)
        assert (code, err) == (0, ""), err
        assert "已恢复“东区总工会”" in out
        code, out, _ = console("audit", "verify")
        assert code == 0 and "东区总工会" in out
        assert console("facts", "rebuild")[0] == 0
        app = create_app(Settings.from_env(env), clock=federation.clock)
        try:
            client = app.test_client()
            login(client, "head@east")
            assert number in client.get("/cases/").text
        finally:
            app.extensions["lianxin"].database.engine.dispose()
    finally:
        servers.drop(name)


def test_an_empty_file_is_no_passphrase(console, federation: Federation, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "words").write_text("\n", encoding="utf-8")
    code, _, err = console(
        *("tenant", "export", "east", "--to", str(tmp_path / "x.zip")),
        *("--passphrase-file", str(tmp_path / "words")),
    )
    assert code == 1 and "空的" in err
    (tmp_path / "words").write_text("kurz\n", encoding="utf-8")
    code, _, err = console(
        *("tenant", "export", "east", "--to", str(tmp_path / "x.zip")),
        *("--passphrase-file", str(tmp_path / "words")),
    )
    assert code == 1 and "口令太短" in err and not (tmp_path / "x.zip").exists()
