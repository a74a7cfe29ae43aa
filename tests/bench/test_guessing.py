"""The measurement of a login flood runs; its figures mean nothing here."""

from __future__ import annotations

import pytest

from bench import guessing


def test_the_page_is_measured_in_peace_and_under_both_attacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["guessing", "--quick"])
    guessing.main()
    lines = capsys.readouterr().out.splitlines()
    assert [word in "\n".join(lines) for word in ("无人猜测", "一个地址", "每次换地址换账号")] == [True] * 3
    assert all("401: " in line for line in lines if "×" in line)
