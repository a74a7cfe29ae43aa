"""Seal bytes under the tenant's key and keep them in the store; find them again; sweep away what no row names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from access.actor import Work

#: A blob that no row names is removed when it has lain for so long: the row may be in a transaction that still runs.
ORPHAN_AFTER = timedelta(hours=24)


def keep(work: Work, content: bytes) -> str:
    """Put bytes into the store and return the key for a row; the same bytes of one tenant have the same key.

    :raises UnavailableError: when the store is away; nothing may then be kept that names the blob.
    """
    key = work.cipher.fingerprint(work.tenant_id, content)
    # Written again even when it is there: it becomes new, and no sweep takes it away under a fresh row.
    work.files.store.write(_name(work.tenant_id, key), work.cipher.seal(work.tenant_id, _field(key), content))
    return key


def fetch(work: Work, key: str) -> bytes:
    """The bytes again.

    :raises MissingBlobError, UnavailableError: as :class:`kernel.blobs.Store`.
    :raises DecryptionError: for bytes that were tampered with or put under another name.
    """
    return work.cipher.open(work.tenant_id, _field(key), work.files.store.read(_name(work.tenant_id, key)))


def give(work: Work, key: str, to: int) -> str:
    """Seal one blob anew for another union and put it into that union's part of the store; its key there.

    For a matter that goes to its successor by a letter (``dispatches.handing``): the receiving union's row names it
    when the letter has arrived, and until then the letter keeps it from being swept.

    :raises MissingBlobError, UnavailableError, DecryptionError: as :func:`fetch` and :func:`keep`.
    """
    content = fetch(work, key)
    theirs = work.cipher.fingerprint(to, content)
    work.files.store.write(_name(to, theirs), work.cipher.seal(to, _field(theirs), content))
    return theirs


def sweep(work: Work, used: Collection[str]) -> int:
    """Remove the tenant's blobs that are old enough and not in ``used``; returns how many."""
    before, gone = work.clock.now() - ORPHAN_AFTER, 0
    wanted = {_name(work.tenant_id, key) for key in used}
    for name, moment in list(work.files.store.names(f"{work.tenant_id}/")):
        if name not in wanted and moment < before:
            work.files.store.remove(name)
            gone += 1
    return gone


def shred(work: Work) -> int:
    """Remove every blob of the tenant, for the destruction that two people signed; returns how many."""
    names = [name for name, _moment in work.files.store.names(f"{work.tenant_id}/")]
    for name in names:
        work.files.store.remove(name)
    return len(names)


def _name(tenant_id: int, key: str) -> str:
    return f"{tenant_id}/{key[:2]}/{key}"


def _field(key: str) -> str:
    # Authenticated with the ciphertext: one blob cannot be put under another's name.
    return f"blob/{key}"
