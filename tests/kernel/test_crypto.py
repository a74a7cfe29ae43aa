"""Sealed fields open for their own tenant and field only; indexes find a value again and give nothing away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.crypto import DecryptionError, FieldCipher, mask_id_number, mask_name, mask_phone
from kernel.settings import DataKey

OLD, NEW = DataKey("k1", b"1" * 32), DataKey("k2", b"2" * 32)
CIPHER = FieldCipher((OLD,))


@given(st.text(), st.integers(0, 2**40), st.sampled_from(("name", "phone", "address")))
def test_what_is_sealed_opens_again(value: str, tenant: int, field: str) -> None:
    assert CIPHER.decrypt(tenant, field, CIPHER.encrypt(tenant, field, value)) == value


def test_a_value_sealed_for_one_tenant_does_not_open_for_another() -> None:
    sealed = CIPHER.encrypt(1, "name", "王小明")
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(2, "name", sealed)


def test_a_value_sealed_for_one_field_does_not_open_as_another() -> None:
    sealed = CIPHER.encrypt(1, "phone", "13800001111")
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(1, "name", sealed)


@given(st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(CIPHER.encrypt(1, "name", "王小明"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(1, "name", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x02", b"\x02k1", b"\xff" * 5, b"\x02k1" + b"x" * 12])
def test_a_cut_value_is_refused_with_a_sentence(sealed: bytes) -> None:
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(1, "name", sealed)


def test_equal_values_have_different_ciphertexts_and_equal_indexes() -> None:
    assert CIPHER.encrypt(1, "name", "王小明") != CIPHER.encrypt(1, "name", "王小明")
    assert CIPHER.blind_index(1, "name", " 王小明　") == CIPHER.blind_index(1, "name", "王小明")
    assert CIPHER.blind_index(1, "phone", "１３８") == CIPHER.blind_index(1, "phone", "138")


def test_an_index_tells_neither_tenants_nor_fields_apart_values_together() -> None:
    own = CIPHER.blind_index(1, "name", "王小明")
    assert len(own) == 16
    assert own not in (CIPHER.blind_index(2, "name", "王小明"), CIPHER.blind_index(1, "phone", "王小明"))


def test_a_new_key_in_front_encrypts_and_the_old_one_still_opens_and_finds() -> None:
    sealed, index = CIPHER.encrypt(1, "name", "王小明"), CIPHER.blind_index(1, "name", "王小明")
    rotated = FieldCipher((NEW, OLD))
    assert rotated.decrypt(1, "name", sealed) == "王小明"
    assert rotated.blind_index(1, "name", "王小明") == index
    assert rotated.encrypt(1, "name", "王小明")[1:3] == b"k2"


def test_an_index_key_of_its_own_lets_the_old_key_go_and_seals_nothing() -> None:
    index = CIPHER.blind_index(1, "name", "王小明")
    file = CIPHER.fingerprint(1, b"file")
    without = FieldCipher((NEW, DataKey("index", OLD.secret)))
    assert without.blind_index(1, "name", "王小明") == index and without.fingerprint(1, b"file") == file
    assert without.encrypt(1, "name", "王小明")[1:3] == b"k2"
    assert FieldCipher((DataKey("index", OLD.secret), NEW)).encrypt(1, "name", "王小明")[1:3] == b"k2"
    with pytest.raises(DecryptionError, match="密钥缺失"):
        without.decrypt(1, "name", CIPHER.encrypt(1, "name", "王小明"))


def test_a_lost_key_is_named_as_the_cause() -> None:
    with pytest.raises(DecryptionError, match="密钥缺失"):
        FieldCipher((NEW,)).decrypt(1, "name", CIPHER.encrypt(1, "name", "王小明"))


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_name, "王小明", "王*"),
        (mask_name, "", ""),
        (mask_phone, "13800001234", "138****1234"),
        (mask_phone, "12345", "****45"),
        (mask_id_number, "110101199001011234", "**************1234"),
    ],
)
def test_a_mask_shows_what_a_list_may_show(mask: object, value: str, shown: str) -> None:
    assert mask(value) == shown  # type: ignore[operator]


@given(st.text(min_size=2, max_size=20))
def test_a_masked_name_shows_one_character_at_most(name: str) -> None:
    assert len(mask_name(name)) == 2


@given(st.binary(max_size=5_000), st.integers(0, 2**40))
def test_bytes_open_again_and_for_their_own_tenant_only(content: bytes, tenant: int) -> None:
    sealed = CIPHER.seal(tenant, "file", content)
    assert CIPHER.open(tenant, "file", sealed) == content
    with pytest.raises(DecryptionError):
        CIPHER.open(tenant + 1, "file", sealed)
