"""The workflow engine: what may happen is a table, and this evaluates it.

A table row is one transition. Buttons, the API, tests and the diagram in the docs are all made from the rows; no
other place knows which action follows which status.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from kernel.errors import ForbiddenError, IllegalTransitionError

S = TypeVar("S", bound=Enum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """One row: ``action`` leads from any of ``sources`` to ``target`` for holders of one of ``roles``."""

    action: str
    #: The word on the button (Chinese).
    label: str
    sources: tuple[S, ...]
    #: ``None`` keeps the status (an assignment, a note).
    target: S | None
    roles: frozenset[str]
    #: Names of the form fields that the action takes, in the order in which a form shows them.
    fields: tuple[str, ...] = ()
    #: Clock kinds that stop and start with the action.
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    #: Clock kinds that had stopped and run on from their first start.
    resumes: tuple[str, ...] = ()
    #: The document that the action issues (文书), by template name.
    document: str | None = None
    #: Where the rule comes from, for the docs and for the sentence shown to the user.
    source: str = ""
    #: The primary button is the first allowed row with this mark.
    primary: bool = False
    #: Set for rows that only the system or another package performs, never a person directly.
    internal: bool = False
    #: Names of the predicates that must hold beside status and role; the package that owns the table knows them.
    conditions: tuple[str, ...] = ()
    #: The field whose date the started clocks run from; empty: the day of the action.
    counted_from: str = ""
    #: Clock kinds whose days do not count from now on, and those that go on counting.
    pauses: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()
    #: The thing goes back to the status that it was in before a side step; ``target`` says what that is usually.
    returns: bool = False
    #: The side step remembers where it left, for the row that returns.
    remembers: bool = False
    #: The heading under which a page puts the button when it is not the next step; empty: beside the next step.
    group: str = ""


@dataclass(frozen=True)
class Workflow(Generic[S]):
    """All rows of one kind of thing."""

    rows: tuple[Transition[S], ...]
    _index: dict[tuple[str, S], Transition[S]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            for source in row.sources:
                key = (row.action, source)
                if key in self._index:
                    raise ValueError(f"two rows for {row.action} from {source.value}")
                self._index[key] = row

    def __iter__(self) -> Iterator[Transition[S]]:
        return iter(self.rows)

    def available(self, status: S, roles: Iterable[str]) -> list[Transition[S]]:
        """Rows that a holder of ``roles`` may start from ``status``, in table order."""
        held = frozenset(roles)
        return [row for row in self.rows if status in row.sources and not row.internal and row.roles & held]

    def resolve(self, action: str, status: S, roles: Iterable[str]) -> Transition[S]:
        """The row for an action.

        :raises IllegalTransitionError: when the action does not exist in this status.
        :raises ForbiddenError: when it exists but none of ``roles`` may do it.
        """
        row = self._index.get((action, status))
        if row is None:
            raise IllegalTransitionError(f"当前状态下不能执行“{self.label(action)}”，请刷新页面查看最新状态。")
        if not row.roles & frozenset(roles):
            raise ForbiddenError(f"您的角色不能执行“{row.label}”。")
        return row

    def label(self, action: str) -> str:
        """The button's word for an action, or the action's own name when no row has it."""
        return next((row.label for row in self.rows if row.action == action), action)
