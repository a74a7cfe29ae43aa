"""Files that are no table, each with its sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from kernel.errors import InvalidError
from kernel.sheets import MAX_FILE_BYTES, MAX_ROWS, MAX_UNPACKED_BYTES, read


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(MAX_UNPACKED_BYTES // 1024 // 1024 + 1):
                part.write(bytes(1024 * 1024))


def too_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)


def plain_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")


def external_entity(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a/>'
        )


def broken(path: Path) -> None:
    good = io.BytesIO()
    book = openpyxl.Workbook()
    book.save(good)
    path.write_bytes(good.getvalue()[:-200])


BAD_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "是空的"),
    "blank": (lambda path: path.write_bytes(b" \r\n\r\n"), "是空的"),
    "only commas": (lambda path: path.write_bytes(b",,,\n,,,\n"), "没有任何内容"),
    "200 MB": (too_large, "有200MB，超过20MB的上限"),
    "zip bomb": (bomb, "解压后过大"),
    "zip without a workbook": (plain_zip, "不是有效的 Excel 工作簿"),
    "broken workbook": (broken, "不是有效的 Excel 工作簿"),
    "entities": (external_entity, "不是有效的 Excel 工作簿"),
    "old or locked": (lambda path: path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)), "旧版 .xls"),
    "picture": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64)), "既不是 Excel"),
    "nothing": (lambda path: None, "找不到文件"),
    "a folder": (lambda path: path.mkdir(), "不是文件"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_table_gets_one_clear_sentence(tmp_path: Path, kind: str) -> None:
    make, sentence = BAD_FILES[kind]
    path = tmp_path / "表.xlsx"
    make(path)
    with pytest.raises(InvalidError, match=sentence):
        read(path)


def test_a_bomb_is_small_on_the_outside(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    bomb(path)
    assert path.stat().st_size < MAX_FILE_BYTES / 10


def test_more_rows_than_the_limit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("编号,主题,时间,内容\n" + "1,标题,2020-1-1,内容\n" * (MAX_ROWS + 1))
    with pytest.raises(InvalidError, match="超过50,000行"):
        read(path)
