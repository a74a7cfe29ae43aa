"""Make one union's rows into another's: every identifier stays, every word changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from audit.models import AuditEvent
from audit.rules import genesis, link
from kernel.blobs import Store
from kernel.crypto import FieldCipher
from tests.leaks.catalogue import tenant_tables

#: In every text of a case, a letter, a paper or a notice.
MARKS = {"east": "标记东方", "west": "标记西方", "city": "标记市级", "street": "标记街道"}
#: In the name of every account, which administrators may see where cases are closed to them.
NAMES = {"east": "人员东方", "west": "人员西方", "city": "人员市级", "street": "人员街道"}
PHONES = {"east": "13911110001", "west": "13922220002", "city": "13933330003", "street": "13944440004"}
CODE = "双总工信"
#: Registered cases on one day, as the figures have it; a number that no page of the other union shows.
FIGURES = {"east": 4321, "west": 8765}


@dataclass(frozen=True)
class Copier:
    """Copies every row of ``east`` into ``west``."""

    cipher: FieldCipher
    east: int
    west: int
    store: Store

    def copy(self, connection: Connection) -> None:
        """Every row of east again under west's number. Foreign keys are looked away from; they hold at the end."""
        connection.exec_driver_sql("set local session_replication_role = replica")
        for table in tenant_tables():
            connection.execute(text(f"delete from {table} where tenant_id = :t"), {"t": self.west})
            rows = connection.execute(
                text(f"select to_jsonb(x)::text from {table} x where tenant_id = :t"), {"t": self.east}
            ).scalars()
            for row in [self._translated(table, json.loads(self._words(row))) for row in rows]:
                connection.execute(
                    text(
                        f"insert into {table} select * from jsonb_populate_record(null::{table}, cast(:row as jsonb))"
                    ),
                    {"row": json.dumps(row)},
                )
        self._rechain(connection)

    def _words(self, row: str) -> str:
        for words in (MARKS, NAMES, PHONES):
            row = row.replace(words["east"], words["west"])
        return row

    def _translated(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        row["tenant_id"] = self.west
        for column in ("sender_id", "recipient_id", "author_id", "subject_id"):
            if row.get(column) == self.east and column in row:
                row[column] = self.west
        if table == "letters":
            for name in ("sender_name", "recipient_name"):
                row[name] = row[name].replace("东区", "西区")
        if table == "letter_files":
            self._reseal_file(row)
        if table in ("attachments", "dossiers") and row["blob"]:
            self._restore(row)
        if table == "case_exports":
            for name in ("parts", "members"):
                row[name] = [self._restored(key) for key in row[name]]
        if table == "case_tokens":
            # A mark is four characters and its tokens are two each.
            row["token"] = row["token"].replace("记东", "记西").replace("东方", "西方")
        if table == "parties":
            self._reseal(row)
        if table in ("daily_facts", "summed_facts"):
            row["registered"] = FIGURES["west"]
        return row

    def _reseal_file(self, row: dict[str, Any]) -> None:
        field = f"letter_file/{row['id']}"
        content = self.cipher.open(self.east, field, bytes.fromhex(row["content"][2:]))
        sealed = self.cipher.seal(self.west, field, self._words(content.decode()).encode())
        row["content"] = "\\x" + sealed.hex()

    def _restore(self, row: dict[str, Any]) -> None:
        """West's own blob with west's words, where east's row names east's."""
        row["blob"] = self._restored(row["blob"])

    def _restored(self, key: str) -> str:
        sealed = self.store.read(f"{self.east}/{key[:2]}/{key}")
        content = self._words(self.cipher.open(self.east, f"blob/{key}", sealed).decode()).encode()
        key = self.cipher.fingerprint(self.west, content)
        self.store.write(f"{self.west}/{key[:2]}/{key}", self.cipher.seal(self.west, f"blob/{key}", content))
        return key

    def _reseal(self, row: dict[str, Any]) -> None:
        cipher = self.cipher
        for name in ("name", "phone", "id_number", "address"):
            sealed = row[f"{name}_sealed"]
            if sealed is None:
                continue
            value = self._words(cipher.decrypt(self.east, name, bytes.fromhex(sealed[2:])))
            row[f"{name}_sealed"] = "\\x" + cipher.encrypt(self.west, name, value).hex()
            if row.get(f"{name}_index") is not None:
                row[f"{name}_index"] = "\\x" + cipher.blind_index(self.west, name, value).hex()
            if name == "phone":
                row["phone_mask"] = f"{value[:3]}****{value[-4:]}"

    def _rechain(self, connection: Connection) -> None:
        """West's copied log is a chain of its own again."""
        prev, seq = genesis(self.west), 0
        columns = AuditEvent.__table__.c
        events = connection.execute(
            AuditEvent.__table__.select().where(columns.tenant_id == self.west).order_by(columns.seq)
        ).all()
        for event in events:
            told = {
                name: getattr(event, name)
                for name in (
                    *("tenant_id", "seq", "at", "actor_id", "actor_name", "action"),
                    *("subject_type", "subject_id", "data"),
                )
            }
            digest = link(prev, **told)
            connection.execute(
                AuditEvent.__table__.update()
                .where(columns.tenant_id == self.west, columns.seq == event.seq)
                .values(prev_hash=prev, hash=digest)
            )
            prev, seq = digest, event.seq
        connection.execute(
            text("update audit_heads set seq = :seq, hash = :hash where tenant_id = :t"),
            {"seq": seq, "hash": prev, "t": self.west},
        )
