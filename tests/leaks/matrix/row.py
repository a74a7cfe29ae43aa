"""What one row of the matrix says about a route and method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Arguments of URLs that name a thing of a union, and where the own one comes from (see ``harness.Ids``).
IDENTIFIERS = (
    *("number", "letter_id", "user_id", "paper_id", "file_id", "task_id", "pk", "request_id"),
    *("attachment_id", "draft_id", "dossier_id", "workplace_id", "case_task_id", "follow_up_id", "view_id"),
    *("export_id", "hotspot_id", "report_id", "report_draft_id", "notice_id"),
)


@dataclass(frozen=True)
class Row:
    """How one route and method is asked."""

    #: Login name without the union; ``None``: open to everybody.
    who: str | None
    #: Arguments of the URL that are no identifiers.
    fixed: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Any] | None = None
    json: Mapping[str, Any] | None = None
    #: Statuses of the own thing's answer.
    ok: tuple[int, ...] = (200,)
    #: Status of the answer about a thing that is not there or not the asker's.
    missing: int = 404
    #: The own union's word (or its people's) stands on the answer.
    shows: str = ""
    #: Which own case or letter is asked for, where it matters.
    case: str = "handling"
    letter: str = "signed"
    #: In which table ``pk`` is looked up, for the views that name a row of their own table by it.
    table: str = ""
    #: Other unions into whose copy of a letter a good call writes.
    writes_to: tuple[str, ...] = ()
    #: Must not be asked for with a good request: it would end the session or change a password.
    only_foreign: bool = False
    #: Administrators may come in as well (their pages hold no case).
    for_admins: bool = False

    @property
    def case_roles_only(self) -> bool:
        """Whether administrators, auditors and the platform are refused."""
        return self.who in CASE_STAFF and not self.for_admins


CASE_STAFF = ("head", "clerk", "handler", "leader", "supervisor")
