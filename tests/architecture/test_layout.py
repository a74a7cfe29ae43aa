"""The house plan as a test: floors, names, sizes, mirrors."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

from tests.architecture.sources import DOMAINS, DOORS, PLATFORM, ROOT, modules, packages, place, setup_cfg, tree

LONGEST = 300

#: Modules of the domain without a test that imports them, each with the reason.
NO_MIRROR: dict[str, str] = {}


def test_platform_itself_is_no_package() -> None:
    assert not (PLATFORM / "__init__.py").exists(), "it would shadow the standard library's platform"
    import platform

    assert platform.python_version().startswith("3.")


def test_no_package_takes_a_name_of_the_standard_library() -> None:
    assert not set(packages()) & set(sys.stdlib_module_names)


def test_every_package_is_known_as_a_door_or_a_domain() -> None:
    assert set(packages()) == set(DOORS) | set(DOMAINS)


def test_setup_cfg_lists_every_package() -> None:
    config = setup_cfg()
    listed = set(config["options"]["packages"].split())
    found = {
        ".".join(path.parent.relative_to(PLATFORM).parts)
        for path in PLATFORM.glob("**/__init__.py")
        if "egg-info" not in str(path)
    }
    assert found | {"infra"} <= listed | {name for name in found if name.partition(".")[0] in listed}
    assert set(packages()) | {"infra"} == {name.partition(".")[0] for name in listed}
    assert set(config["importlinter"]["root_packages"].split()) == set(packages())


def test_imports_point_downward_only() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--config",
            "setup.cfg",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_no_domain_package_imports_a_door_a_framework_or_a_queue() -> None:
    forbidden = {*DOORS, "flask", "flask_appbuilder", "werkzeug", "dash", "plotly", "rq", "redis"}
    wrong = [
        place(path, node)
        for path in modules(*DOMAINS)
        for node in ast.walk(tree(path))
        for name in imported(node)
        if name.partition(".")[0] in forbidden
    ]
    assert wrong == []


def test_a_door_reads_through_queries_and_services_and_writes_no_sql() -> None:
    #: Errors of the driver are told to people at the edge; nothing else of it is known there.
    allowed = {"sqlalchemy.exc", "psycopg.errors"}
    wrong = [
        f"{place(path, node)} {name}"
        for path in modules(*(set(DOORS) - {"worker"}))
        if "commands" not in path.parts
        for node in ast.walk(tree(path))
        for name in imported(node)
        if name.partition(".")[0] in ("sqlalchemy", "psycopg") and name not in allowed
    ]
    assert wrong == []


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    paths = [
        *modules(),
        *(ROOT / "infra").rglob("*.py"),
        *(ROOT / "bench").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
    ]
    assert [place(path) for path in paths if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST] == []


def test_every_module_says_in_its_first_sentence_what_it_is_for() -> None:
    assert [place(path) for path in modules() if not (ast.get_docstring(tree(path)) or "").strip()] == []


def test_every_domain_module_with_something_to_do_has_a_test_that_names_it() -> None:
    """A test file of the same name in the mirrored folder, or a test that imports the module."""
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    missing = []
    for path in modules(*DOMAINS):
        parts = path.relative_to(PLATFORM).with_suffix("").parts
        name = ".".join(parts)
        if path.name == "__init__.py" or name in NO_MIRROR or not does_something(tree(path)):
            continue
        same_name = (ROOT / "tests").joinpath(*parts[:-1], f"test_{parts[-1]}.py")
        if not same_name.exists() and not any(uses(test, name) for test in tests):
            missing.append(name)
    assert missing == []


def test_every_package_has_a_folder_of_tests() -> None:
    """A door's modules are proven by their routes: here, in tests/leaks/matrix and in tests/journeys."""
    empty = [name for name in (*packages(), "infra") if not list((ROOT / "tests" / name).glob("test_*.py"))]
    assert empty == []


def does_something(parsed: ast.Module) -> bool:
    """Whether a module has functions; tables and constants are proven by whoever uses them."""
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(parsed))


def uses(test: str, name: str) -> bool:
    """Whether a test's text imports a module."""
    package, _, module = name.rpartition(".")
    told = rf"from {package} import (?:\([^)]*|[^\n]*)\b{module}\b"
    return f"from {name} import" in test or f"import {name}" in test or re.search(told, test) is not None
