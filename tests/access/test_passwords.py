"""Passwords: hashed slowly, checked in constant company, and good enough to begin with."""

import pytest

from access.passwords import check_new, hash_password, one_time, verify
from kernel.errors import InvalidError


def test_a_password_fits_its_own_hash_only() -> None:
    stored = hash_password("Richtig-Lang-1")
    assert stored.startswith("$argon2id$")
    assert verify(stored, "Richtig-Lang-1")
    assert not verify(stored, "Richtig-Lang-2")
    assert hash_password("Richtig-Lang-1") != stored


def test_nobody_has_no_password_and_a_broken_hash_opens_nothing() -> None:
    assert not verify(None, "nobody has this password")
    assert not verify(None, "")
    assert not verify("not a hash", "x")
    assert not verify("", "nobody has this password")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Kurz-1aA", "长度"),
        ("x" * 129, "长度"),
        ("nurkleinbuchstaben", "三种"),
        ("kleinund12345678", "三种"),
        ("Mit-Chen-1-darin", "用户名"),
        ("MIT-CHEN-1-darin", "用户名"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, reason: str) -> None:
    with pytest.raises(InvalidError, match=reason):
        check_new(password, username="chen")


def test_one_time_passwords_follow_the_rules_and_do_not_repeat() -> None:
    made = {one_time() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert check_new(password, username="nobody") == password
        assert not set(password) & set("lIO01")
