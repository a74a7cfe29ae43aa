"""What is locked names versions and hashes, and no server and no machine."""

from __future__ import annotations

import json
import re

from tests.architecture.sources import ROOT, place, tracked

REQUIREMENTS = ROOT / "requirements"


def pinned(name: str) -> dict[str, str]:
    lines = (REQUIREMENTS / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)==([^\s;\\]+)", lines, re.MULTILINE | re.IGNORECASE))


def asked(name: str) -> set[str]:
    lines = (REQUIREMENTS / name).read_text(encoding="utf-8").splitlines()
    return {
        re.split(r"[=<>\[ ;]", line, maxsplit=1)[0].lower()
        for line in lines
        if line.strip() and not line.startswith(("#", "-"))
    }


def test_locks_name_no_server_no_path_and_no_address() -> None:
    for path in tracked("requirements/*.lock"):
        text = path.read_text(encoding="utf-8")
        for word in ("://", "--index-url", "--find-links", "--trusted-host", "file:", "/tmp/", "/home/"):
            assert word not in text, f"{place(path)} {word}"
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name


def test_every_locked_package_has_a_hash() -> None:
    for path in tracked("requirements/*.lock"):
        text = path.read_text(encoding="utf-8")
        packages = re.findall(r"^[a-z0-9._-]+==", text, re.MULTILINE | re.IGNORECASE)
        assert packages
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert block.startswith("#") or "--hash=sha256:" in block, f"{place(path)} {block.splitlines()[0]}"


def test_the_two_locks_agree() -> None:
    runtime, dev = pinned("runtime.lock"), pinned("dev.lock")
    assert {name: dev.get(name) for name in runtime} == runtime


def test_everything_asked_for_is_locked_and_has_a_reason_in_the_docs() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for source, lock in (("runtime.in", "runtime.lock"), ("embedded.in", "runtime.lock"), ("dev.in", "dev.lock")):
        names = {re.sub(r"[._]", "-", name) for name in asked(source)}
        locked = {re.sub(r"[._]", "-", name.partition("[")[0].lower()) for name in pinned(lock)}
        assert names <= locked, source
        assert [name for name in sorted(names) if f"`{name}`" not in reasons] == []
    for name in json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]:
        assert f"`{name}`" in reasons


def test_nothing_written_names_a_machine_or_its_tools() -> None:
    # Put together here, so that this file does not name them either.
    words = [
        "/".join(("", "work", "main")),
        "/".join(("", "work", "shared")),
        "/".join(("", "tmp", "brief")),
        "farm" + "-",
    ]
    wrong = [
        f"{place(path)} {word}"
        for path in tracked(
            "**/*.py", "**/*.md", "**/*.cfg", "**/*.toml", "**/*.in", "**/*.html", "Makefile", ".ci/*"
        )
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert wrong == []
