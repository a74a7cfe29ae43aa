"""A file that somebody changed, cut, or mistook is refused in words, and nothing of it is written."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from archives.packages import MANIFEST, Reader, Writer
from archives.seals import Seal, check_passphrase
from kernel.errors import InvalidError

PASSPHRASE = "测试口令-足够长的一句话"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    target = tmp_path / "one.zip"
    writer = Writer(target, PASSPHRASE)
    with writer.member("data/cases.jsonl") as put:
        put(b'{"number": "1"}\n')
        put(b'{"number": "2"}\n')
    with writer.member("files/a") as put:
        put(writer.seal.close("王小明".encode(), "files/a"))
    writer.finish({"schema": "0001"})
    return target


def rewritten(package: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """The package again with members changed, left out or added."""
    target = package.with_name("changed.zip")
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in more.items():
            new.writestr(name, content)
    return target


def test_what_was_written_is_read_back(package: Path) -> None:
    reader = Reader(package, PASSPHRASE)
    assert [row["number"] for row in reader.lines("data/cases.jsonl")] == ["1", "2"]
    assert reader.seal.open(reader.whole("files/a"), "files/a").decode() == "王小明"
    assert reader.has("files/a") and not reader.has("files/b")
    reader.close()


def test_a_wrong_passphrase_is_named(package: Path) -> None:
    with pytest.raises(InvalidError, match="口令不正确"):
        Reader(package, PASSPHRASE + "。")


def test_a_changed_member_is_named(package: Path) -> None:
    changed = rewritten(package, lambda name, content: content.replace(b'"2"', b'"3"'))
    with pytest.raises(InvalidError, match=r"data/cases\.jsonl 与清单的校验值不符"):
        Reader(changed, PASSPHRASE)


@pytest.mark.parametrize("longer", [b'{"number": "3"}\n', b" "])
def test_a_member_that_grew_is_refused(package: Path, longer: bytes) -> None:
    changed = rewritten(package, lambda name, content: content + longer if name.startswith("data") else content)
    with pytest.raises(InvalidError, match="校验值不符"):
        Reader(changed, PASSPHRASE)


def test_a_member_more_or_less_is_refused(package: Path) -> None:
    less = rewritten(package, lambda name, content: None if name == "files/a" else content)
    with pytest.raises(InvalidError, match="与清单不符"):
        Reader(less, PASSPHRASE)
    more = rewritten(package, lambda _name, content: content, extra=b"x")
    with pytest.raises(InvalidError, match="与清单不符（extra）"):
        Reader(more, PASSPHRASE)


def test_a_member_and_its_hash_changed_together_are_found_by_the_signature(package: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        if name != MANIFEST:
            return content
        manifest = json.loads(content)
        manifest["counts"] = {"cases": 9}
        return json.dumps(manifest).encode()

    with pytest.raises(InvalidError, match="清单被改动"):
        Reader(rewritten(package, change), PASSPHRASE)


def test_a_file_of_another_kind_or_version_is_refused(package: Path, tmp_path: Path) -> None:
    (tmp_path / "not.zip").write_text("not a zip")
    with pytest.raises(InvalidError, match="不是连心桥的导出文件"):
        Reader(tmp_path / "not.zip", PASSPHRASE)
    with pytest.raises(InvalidError, match="清单"):
        Reader(rewritten(package, lambda name, content: None if name == MANIFEST else content), PASSPHRASE)
    for told, words in (({"format": "else"}, "不是连心桥"), ({"version": 99}, "请升级程序"), ({"kdf": {}}, "不完整")):

        def change(name: str, content: bytes, told: dict[str, object] = told) -> bytes:
            return json.dumps(json.loads(content) | told).encode() if name == MANIFEST else content

        with pytest.raises(InvalidError, match=words):
            Reader(rewritten(package, change), PASSPHRASE)
    with pytest.raises(InvalidError, match="不能打开"):
        Reader(tmp_path / "nowhere.zip", PASSPHRASE)


def test_a_file_cut_short_is_refused(package: Path) -> None:
    whole = package.read_bytes()
    for size in (10, len(whole) // 2, len(whole) - 10):
        package.write_bytes(whole[:size])
        with pytest.raises(InvalidError, match=r"损坏|不是连心桥"):
            Reader(package, PASSPHRASE)


def test_a_sealed_value_opens_in_its_own_place_only() -> None:
    seal = Seal(PASSPHRASE, b"0" * 16, n=2**10, r=8, p=1)
    closed = seal.close(b"x", "parties/name/1")
    assert seal.open(closed, "parties/name/1") == b"x"
    for place, value in (("parties/name/2", closed), ("parties/name/1", closed[:-1]), ("parties/name/1", b"")):
        with pytest.raises(InvalidError):
            seal.open(value, place)
    with pytest.raises(InvalidError):
        Seal(PASSPHRASE, b"0" * 16, n=2**10, r=8, p=1).open(closed, "parties/name/3")


def test_a_cost_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(InvalidError):
        Seal(PASSPHRASE, b"0" * 16, n=2**30, r=8, p=1)
    with pytest.raises(InvalidError):
        Seal(PASSPHRASE, b"0" * 16, n=1000, r=8, p=1)


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(InvalidError, match="至少 12"):
        check_passphrase("abc")
    assert check_passphrase(PASSPHRASE) == PASSPHRASE
