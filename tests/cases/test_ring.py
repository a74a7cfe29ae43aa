"""A start under other data keys than the rows' is refused before a row is written under them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from cases.ring import assert_fits
from kernel.crypto import FieldCipher
from kernel.errors import SettingsError
from kernel.settings import DataKey
from tests.builders import Federation
from web.app import create_app

NEW = DataKey("k2", b"2" * 32)


def tried(federation: Federation, *keys: DataKey) -> None:
    assert_fits(federation.database, FieldCipher(keys))


def test_without_an_identity_every_key_fits(federation: Federation) -> None:
    tried(federation, NEW)


def test_the_ring_of_the_rows_fits_with_a_newer_key_in_front_and_with_its_index_key_named(
    federation: Federation,
) -> None:
    federation.register()
    (old,) = federation.settings.data_keys
    tried(federation, old)
    tried(federation, NEW, old)
    tried(federation, NEW, old, DataKey("index", old.secret))


def test_a_dropped_or_exchanged_key_is_refused(federation: Federation) -> None:
    federation.register()
    (old,) = federation.settings.data_keys
    for keys in ((NEW,), (DataKey(old.key_id, NEW.secret),), (NEW, DataKey("index", old.secret))):
        with pytest.raises(SettingsError, match="打不开已有的身份信息"):
            tried(federation, *keys)


def test_another_index_key_is_refused_although_every_identity_opens(federation: Federation) -> None:
    federation.register()
    (old,) = federation.settings.data_keys
    for keys in ((old, NEW), (NEW, old, DataKey("index", b"3" * 32))):
        with pytest.raises(SettingsError, match="检索密钥"):
            tried(federation, *keys)


def test_one_row_that_somebody_tampered_with_stops_no_start(federation: Federation) -> None:
    federation.register()
    federation.register()
    with federation.work("clerk@street") as work:
        first = "(select id from parties where name_index is not null order by id limit 1)"
        work.session.execute(text(f"update parties set name_sealed = '\\x026b3100' where id = {first}"))
    tried(federation, *federation.settings.data_keys)


def test_the_web_refuses_to_start_with_them(federation: Federation) -> None:
    federation.register()
    with pytest.raises(SettingsError, match="LIANXIN_DATA_KEYS"):
        create_app(replace(federation.settings, data_keys=(NEW,)))
