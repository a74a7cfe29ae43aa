"""Where the code lives, for the tests that read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from configparser import ConfigParser
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ROOT / "platform"
DOORS = ("admin", "api", "dashboards", "desk", "doorway", "portal", "web", "worker")
DOMAINS = (
    *("access", "archives", "audit", "calendars", "cases", "dispatches", "documents"),
    *("kernel", "measures", "notices", "reports", "tenants"),
)


def packages() -> list[str]:
    """Every package under ``platform/``, by name."""
    return sorted(path.parent.name for path in PLATFORM.glob("*/__init__.py"))


def modules(*names: str) -> Iterator[Path]:
    """Every module of the named packages (of all when none is named)."""
    for name in names or packages():
        yield from sorted((PLATFORM / name).rglob("*.py"))


@lru_cache(maxsize=1024)
def tree(path: Path) -> ast.Module:
    """A module's syntax tree; every node knows its parent as ``parent``."""
    parsed = ast.parse(path.read_text(encoding="utf-8"), str(path))
    for node in ast.walk(parsed):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]
    return parsed


def place(path: Path, node: ast.AST | None = None) -> str:
    """``platform/cases/services.py:12``, for a message that an editor can follow."""
    line = f":{node.lineno}" if isinstance(node, ast.expr | ast.stmt) else ""
    return f"{path.relative_to(ROOT)}{line}"


def setup_cfg() -> ConfigParser:
    """The project's configuration."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


def tracked(*patterns: str) -> Iterator[Path]:
    """Files of the project by glob, without what is fetched, built or running."""
    skipped = {".venv", "node_modules", "var", ".git", "vendor", "build", "__pycache__"}
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            parts = path.relative_to(ROOT).parts
            if path.is_file() and not skipped & set(parts) and not any(p.endswith(".egg-info") for p in parts):
                yield path
