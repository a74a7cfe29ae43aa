"""The pages for operators and about tenancy say what the code does."""

from __future__ import annotations

import re

from dispatches.kinds import KIND_LABELS
from tests.architecture.sources import ROOT, modules
from tests.leaks.allowed import ACROSS_POLICIES, SHARED, SHRED_POLICIES, TRUE_POLICIES

PAGE = ROOT / "docs" / "operations.md"


def test_the_table_of_the_environment_has_every_variable_that_the_code_reads_and_no_other() -> None:
    read = {
        name
        for path in modules()
        for name in re.findall(r"LIANXIN_[A-Z]+(?:_[A-Z]+)*", path.read_text(encoding="utf-8"))
    }
    told = re.findall(r"^\| `(LIANXIN_[A-Z_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(read) == sorted(told)


def test_the_decision_about_tenancy_names_every_exception_that_the_catalogue_test_allows() -> None:
    page = (ROOT / "docs" / "decisions" / "0001-tenancy.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", page.partition("## Named exceptions")[2], re.MULTILINE)
    told = {name for names, _why in rows for name in re.findall(r"`([a-z_]+)`", names)}
    across = {table for table, _policy in ACROSS_POLICIES}
    assert told == set(SHARED) | across | {table for table, _policy in TRUE_POLICIES}
    reasons = " ".join(why for _names, why in rows)
    for policy in {policy for _table, policy in ACROSS_POLICIES} | set(SHRED_POLICIES):
        assert f"`{policy}`" in reasons, policy


def test_the_handbook_and_the_front_pages_know_every_kind_of_letter() -> None:
    handbook = (ROOT / "docs" / "handbook" / "负责人与领导.md").read_text(encoding="utf-8")
    front = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    line = next(line for line in front.splitlines() if line.startswith("| 函件 |"))
    for label in KIND_LABELS.values():
        # 移交 is written when a union is closed, by the platform's administrator.
        assert f"| {label} |" in handbook or label == "移交", label
        assert label in line, label
    assert len(KIND_LABELS) == 13, "README.md and README.zh-CN.md say how many there are"
