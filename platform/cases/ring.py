"""Whether the configured data keys are those of the rows: asked at each start, before a row is written under others.

A ring that lost its index key still opens every identity, and from that day on finds nobody: repeated petitions,
people looked up by telephone and every 查询码 fail in silence, and what is written meanwhile cannot be mended later.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from cases.parts import Party
from kernel.crypto import MAX_KEY_ID, DecryptionError, FieldCipher
from kernel.db import PLATFORM_TENANT, Database
from kernel.errors import SettingsError
from tenants.queries import active_tenant_ids

#: Unions that are looked into until one has an identity, and how many of its oldest identities are tried.
UNIONS = 200
TRIED = 5


def assert_fits(database: Database, cipher: FieldCipher) -> None:
    """Try the oldest identities of the first union that has any; a few short reads, none when there is no case yet.

    One row that somebody tampered with stops no start: only when none of them opens, or none is found by its index.

    :raises SettingsError: saying which part of ``LIANXIN_DATA_KEYS`` is not the one that the rows were written under.
    """
    with database.transaction(PLATFORM_TENANT) as session:
        unions = active_tenant_ids(session)[:UNIONS]
    for tenant_id in unions:
        with database.transaction(tenant_id) as session:
            statement = select(Party.name_sealed, Party.name_index).where(Party.name_index.is_not(None))
            rows = session.execute(statement.order_by(Party.id).limit(TRIED)).all()
        # The first byte is the length of a key's number: what nobody sealed is no reason to refuse.
        sealed = [(name, index) for name, index in rows if name and index and 0 < name[0] <= MAX_KEY_ID]
        if sealed:
            _try(cipher, tenant_id, sealed)
            return


def _try(cipher: FieldCipher, tenant_id: int, rows: Sequence[tuple[bytes, bytes]]) -> None:
    found = opened = 0
    for sealed, index in rows:
        try:
            name = cipher.decrypt(tenant_id, "name", sealed)
        except DecryptionError:
            continue
        opened += 1
        found += cipher.blind_index(tenant_id, "name", name) == index
    if not opened:
        raise SettingsError(
            "LIANXIN_DATA_KEYS 打不开已有的身份信息：密钥缺失，或换成了另一把同编号的密钥。请恢复原来的密钥后再启动。"
        )
    if not found:
        raise SettingsError(
            "LIANXIN_DATA_KEYS 的检索密钥（index，没有时为最后一把）不是原来的：按姓名、电话查人和查询码都会失效。"
            "请恢复原来的检索密钥后再启动。"
        )
