"""The page for operators says what the code reads."""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT, modules

PAGE = ROOT / "docs" / "operations.md"


def test_the_table_of_the_environment_has_every_variable_that_the_code_reads_and_no_other() -> None:
    read = {
        name
        for path in modules()
        for name in re.findall(r"LIANXIN_[A-Z]+(?:_[A-Z]+)*", path.read_text(encoding="utf-8"))
    }
    told = re.findall(r"^\| `(LIANXIN_[A-Z_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(read) == sorted(told)
