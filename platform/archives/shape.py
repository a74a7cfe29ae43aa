"""What belongs to one union and in which form it leaves: found in the metadata, so that no table is forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sqlalchemy import LargeBinary, Table

from kernel.db import Base

#: Read for their tables. A test compares what is known here with every model that there is.
for _module in (
    *("access.models", "audit.models", "cases.models", "cases.handling", "cases.registers", "dispatches.models"),
    *("cases.query_codes", "cases.statements"),
    "documents.models",
    *("kernel.idempotency", "kernel.leases", "kernel.outbox", "measures.models", "notices.models"),
    "reports.models",
    *("tenants.house", "tenants.lifetimes", "tenants.models"),
):
    import_module(_module)

#: Tables whose rows stay behind, each with the reason.
LEFT_OUT: dict[str, str] = {
    "case_exports": "copies of lists, for a few days; whoever needs one asks again, and the log keeps who asked",
    "dossiers": "copies of whole files, for a few days; whoever needs one asks again",
    "account_requests": "half a password under this deployment's keys; whoever asked asks again",
    "idempotency_keys": "answers kept for clients of this deployment, for two days",
    "invitations": "one-time links to this deployment's address",
    "inbox": "deliveries of this deployment's queue",
    "login_sessions": "sessions of this deployment's addresses and signing key",
    "suggestion_models": "weights that the next training makes again from the cases",
    "summed_facts": "sums of the daily figures, made again from them by the next night",
    "summed_lines": "up to where figures are summed here; nothing is, after a restore",
    "outbox": "messages to this deployment's worker",
}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column that the deployment's data keys close; it is opened and closed again under the passphrase."""

    #: The name under which ``kernel.crypto`` binds the value; ``{id}`` stands for the row's own.
    field: str
    #: The blind index beside it, which another deployment computes anew.
    index: str | None = None
    #: Too large for a line: every value is a member of its own.
    file: bool = False
    #: The column is a key of the blob store, and the value lies there.
    blob: bool = False

    def named(self, row: Mapping[str, Any]) -> str:
        """The name for one row."""
        return self.field.format_map(row)


#: (table, column) → how it is sealed.
SEALED: dict[tuple[str, str], Sealed] = {
    ("parties", "name_sealed"): Sealed("name", index="name_index"),
    ("parties", "phone_sealed"): Sealed("phone", index="phone_index"),
    ("parties", "id_number_sealed"): Sealed("id_number", index="id_number_index"),
    ("parties", "address_sealed"): Sealed("address"),
    ("letters", "enclosure"): Sealed("enclosure"),
    ("letter_files", "content"): Sealed("letter_file/{id}", file=True),
    ("attachments", "blob"): Sealed("", blob=True),
}

#: Bytes that are no secret and keep their value, each with what it is.
PLAIN_BYTES: dict[tuple[str, str], str] = {
    ("audit_events", "prev_hash"): "link of the log's chain",
    ("audit_events", "hash"): "link of the log's chain",
    ("audit_heads", "hash"): "end of the log's chain",
    ("letter_files", "sha256"): "digest of a file in clear",
    ("attachments", "sha256"): "digest of a file in clear",
    ("documents", "digest"): "digest of a paper's frozen text",
    ("reports", "digest"): "signature of a report's frozen figures",
    ("query_codes", "digest"): "keyed digest of a 查询码; good where the same data keys are, else given anew",
    ("destructions", "manifest_hash"): "hash of an export's manifest; the platform's own rows",
}

#: Shared tables of the tree → the two columns that both name a union.
TREE_TABLES: dict[str, tuple[str, str]] = {
    "tenant_closure": ("ancestor_id", "descendant_id"),
    "tenant_lines": ("descendant_id", "ancestor_id"),
    "tenant_parents": ("child_id", "parent_id"),
}


def owned() -> Sequence[Table]:
    """Every table whose rows belong to a tenant, in an order in which foreign keys hold while rows are inserted."""
    return [table for table in Base.metadata.sorted_tables if "tenant_id" in table.columns]


def carried() -> Sequence[Table]:
    """The tables of an export."""
    return [table for table in owned() if table.name not in LEFT_OUT]


def sealed_of(table: Table) -> dict[str, Sealed]:
    """Sealed columns of one table by name."""
    return {column: sealed for (name, column), sealed in SEALED.items() if name == table.name}


def undecided() -> list[str]:
    """Columns of bytes about which nobody has said whether they are sealed: an export must not guess."""
    indexes = {(table, sealed.index) for (table, _column), sealed in SEALED.items() if sealed.index}
    return [
        f"{table.name}.{column.name}"
        for table in carried()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        and (table.name, column.name) not in SEALED.keys() | PLAIN_BYTES.keys() | indexes
    ]


def model_of(table: Table) -> type[Base]:
    """The class that is mapped to a table."""
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)
