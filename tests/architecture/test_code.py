"""Rules that a reader of the code may rely on, checked on its syntax tree."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.sources import PLATFORM, ROOT, modules, place, tree

#: The only modules that may give a case a status: the table's one function, and where a case begins.
STATUS_WRITERS = {"platform/cases/turning.py", "platform/cases/intake.py"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_only_the_workflow_writes_a_cases_status() -> None:
    wrong = []
    for path in modules():
        if relative(path) in STATUS_WRITERS or path.parts[-2] == "kernel":
            continue
        for node in ast.walk(tree(path)):
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AugAssign | ast.AnnAssign):
                targets = [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr == "status" and called(target.value) in CASES:
                    wrong.append(place(path, node))
            if isinstance(node, ast.Call) and called(node.func) == "Case" and named(node, "status"):
                wrong.append(place(path, node))
            if isinstance(node, ast.Call) and called(node.func) == "setattr" and len(node.args) > 1:
                wrong += [place(path, node)] if literal(node.args[1]) == "status" else []
            if isinstance(node, ast.Call) and called(node.func) == "values" and named(node, "status"):
                wrong += [place(path, node)] if mentions(node.func, "Case") else []
    assert wrong == []


CASES = {"case", "Case", "row", "file.case", "found", "self.case"}


def called(node: ast.expr) -> str:
    """``a.b`` for the expression ``a.b``; the last name for a longer one."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return (
            f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) and node.attr == "case" else node.attr
        )
    return ""


def named(call: ast.Call, name: str) -> bool:
    return any(keyword.arg == name for keyword in call.keywords)


def literal(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(child, ast.Name) and child.id == name for child in ast.walk(node))


def test_no_sql_is_built_from_strings_outside_the_kernel() -> None:
    """``text(f"…")`` and ``execute("…" + x)``: psycopg takes stacked statements when no value is bound."""
    wrong = []
    for path in modules():
        if path.parts[-2] == "kernel":
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name, first = called(node.func), node.args[0]
            if name in ("text", "exec_driver_sql", "literal_column") and isinstance(
                node.func, ast.Name | ast.Attribute
            ):
                wrong += [place(path, node)] if not constant(first) and from_sqlalchemy(path, name) else []
            if name in ("execute", "scalar", "scalars") and built(first):
                wrong.append(place(path, node))
    assert wrong == []


def from_sqlalchemy(path: Path, name: str) -> bool:
    return name == "exec_driver_sql" or any(
        isinstance(node, ast.ImportFrom)
        and node.module is not None
        and node.module.startswith("sqlalchemy")
        and any(alias.name == name for alias in node.names)
        for node in ast.walk(tree(path))
    )


def constant(node: ast.expr) -> bool:
    """Made of literals and of names in capitals: nothing that a request could have brought along."""
    bound = {name.id for part in ast.walk(node) if isinstance(part, ast.comprehension) for name in names(part.target)}
    return not isinstance(node, ast.Attribute) and all(
        name.id in bound or name.id.lstrip("_").isupper() for name in names(node)
    )


def names(node: ast.AST) -> list[ast.Name]:
    return [child for child in ast.walk(node) if isinstance(child, ast.Name)]


def built(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Call) and called(node.func) in ("format", "join", "replace")
    )


def test_only_the_kernels_clock_reads_the_time() -> None:
    forbidden = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today")}
    wrong = []
    for path in modules():
        if relative(path) == "platform/kernel/clock.py":
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute):
                owner = called(node.value).rpartition(".")[2]
                if (owner, node.attr) in forbidden or (
                    owner == "time" and node.attr in ("time", "localtime", "ctime")
                ):
                    wrong.append(place(path, node))
    assert wrong == []


def test_a_session_is_made_in_one_place() -> None:
    """A raw session or engine elsewhere would have no tenant, and row-level security would be alone."""
    allowed = {"platform/kernel/db.py"}
    wrong = [
        place(path, node)
        for path in modules()
        if relative(path) not in allowed
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and called(node.func) in ("sessionmaker", "scoped_session", "TenantSession", "Session")
    ]
    assert wrong == []


def test_no_context_leaves_its_transaction() -> None:
    """``SET app.tenant`` without LOCAL stays on the pooled connection and serves the next tenant."""
    for path in modules():
        source = path.read_text(encoding="utf-8").lower()
        for place_ in range(len(source)):
            found = source.find("set app.", place_)
            if found < 0:
                break
            raise AssertionError(f"{relative(path)}: {source[found : found + 40]!r}")
        assert "set session app." not in source, relative(path)
        assert "set_config(" not in source or relative(path) == "platform/kernel/db.py", relative(path)


def test_services_flush_and_only_the_edge_commits() -> None:
    edges = {"kernel", "web", "worker", "doorway"}
    wrong = [
        place(path, node)
        for path in modules()
        if path.relative_to(PLATFORM).parts[0] not in edges
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert wrong == []


def test_nothing_is_skipped_or_left_for_later() -> None:
    marks = ("TODO", "FIXME", "XXX", "HACK")
    wrong = [
        f"{relative(path)}:{number}"
        for path in [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "infra").rglob("*.py")]
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if any(mark in line for mark in marks) or "pytest.mark.skip" in line or "pytest.mark.xfail" in line
    ]
    assert wrong == []


def test_the_database_is_never_faked() -> None:
    forbidden = (
        "import sqlite3",
        'create_engine("sqlite',
        "aiosqlite",
        "fakeredis",
        "MagicMock",
        "mock.patch",
        "mocker",
    )
    wrong = [
        f"{relative(path)}: {word}"
        for path in [*modules(), *(ROOT / "tests").rglob("*.py")]
        if path != Path(__file__)
        for word in forbidden
        if word in path.read_text(encoding="utf-8")
    ]
    assert wrong == []
