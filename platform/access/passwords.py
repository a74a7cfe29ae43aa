"""Password hashing (argon2id, RFC 9106) and the rules for a new password."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from access import limits
from kernel.errors import InvalidError, UnavailableError

#: A union may ask for more (``tenants.settings``), never for less.
MIN_LENGTH = limits.DEFAULTS.password_min_length
MAX_LENGTH = 128

#: 19 MiB and two passes: OWASP's floor, about 25 ms a check here, so that a login is no lever against the CPU.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: Logins under way in one process, half of its threads: a flood of them leaves the other half to people at work.
AT_ONCE = 4
#: How many of these hash at the same moment; the others wait for it, 25 ms each. One: a worker has about one core.
HASHING = 1
_inside, _hashing = BoundedSemaphore(AT_ONCE), BoundedSemaphore(HASHING)


def hash_password(password: str) -> str:
    """A salted hash in PHC form."""
    return _HASHER.hash(password)


@contextmanager
def turn() -> Iterator[None]:
    """A place among the logins of this process, for as long as the block lasts.

    :raises UnavailableError: at once when every place is taken; nothing was counted and nothing checked.
    """
    if not _inside.acquire(blocking=False):
        raise UnavailableError("现在登录的人较多，请过几秒再试。")
    try:
        yield
    finally:
        _inside.release()


def verify(stored: str | None, password: str) -> bool:
    """Whether ``password`` fits. ``None`` (no such account) costs the same time as a wrong password."""
    with _hashing:
        try:
            return _HASHER.verify(stored or _nobody(), password) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))


#: Without letters and digits that are mistaken for each other when read out over the telephone.
_UPPER, _LOWER, _DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789"


def one_time(shortest: int = MIN_LENGTH) -> str:
    """A random password to hand over once, such as ``Rk7m-Wq4p-Hn9c``: 50 bits at least, and it follows the rules.

    A union that asks for longer passwords gets longer ones.
    """
    groups = max(3, -(-(shortest + 1) // 5))
    return "-".join(one_group() for _ in range(groups))


def one_group() -> str:
    """Four characters such as ``Rk7m``: 17 bits."""
    return "".join(secrets.choice(kind) for kind in (_UPPER, _LOWER, _DIGITS, _LOWER))


def check_new(password: str, *, username: str, shortest: int = MIN_LENGTH) -> str:
    """A new password that follows the rules (GB/T 22239-2019 8.1.4.1 asks for complexity; numbers are settings).

    :raises InvalidError: saying which rule it breaks.
    """
    if not shortest <= len(password) <= MAX_LENGTH:
        raise InvalidError(f"密码长度应为{shortest}至{MAX_LENGTH}个字符。", fields={"password": "密码长度不符合要求"})
    kinds = sum(
        any(test(char) for char in password)
        for test in (str.isdigit, str.islower, str.isupper, lambda char: not char.isalnum())
    )
    if kinds < 3:
        raise InvalidError(
            "密码应包含大写字母、小写字母、数字、符号中的至少三种。", fields={"password": "密码过于简单"}
        )
    if username.lower() in password.lower():
        raise InvalidError("密码不能包含用户名。", fields={"password": "密码不能包含用户名"})
    return password
