"""The word by which a device is told from strangers."""

from access.devices import KEPT, found, keep

SECRET = "a secret of the deployment, long enough"


def test_a_device_is_known_for_the_account_and_the_password_with_which_it_opened_it() -> None:
    kept = keep(SECRET, "", login="head@street", series="hash")
    assert found(SECRET, kept, login="head@street", series="hash")
    for login, series, secret in (
        ("leader@street", "hash", SECRET),
        ("head@street", "another hash", SECRET),
        ("head@street", "hash", "another secret"),
    ):
        assert found(secret, kept, login=login, series=series) == ""


def test_made_up_words_are_strangers() -> None:
    nonce, sign = keep(SECRET, "", login="head@street", series="hash").split(".")
    for word in (
        "",
        ".",
        "~",
        nonce,
        f"{nonce}.",
        f".{sign}",
        f"x{nonce}.{sign}",
        f"{nonce}.{sign}0",
        "中.文",
        "~" * 999,
    ):
        assert found(SECRET, word, login="head@street", series="hash") == ""


def test_a_shared_desk_keeps_a_few_people_and_the_one_who_came_again_stays_the_same_device() -> None:
    kept, first = "", ""
    for n in range(KEPT):
        kept = keep(SECRET, kept, login=f"u{n}@street", series="hash")
        first = first or found(SECRET, kept, login="u0@street", series="hash")
    assert (
        found(SECRET, keep(SECRET, kept, login="u0@street", series="hash"), login="u0@street", series="hash") == first
    )
    assert kept.count("~") == KEPT - 1
    kept = keep(SECRET, kept, login="sixth@street", series="hash")
    assert found(SECRET, kept, login="u0@street", series="hash") == ""
    assert found(SECRET, kept, login="u1@street", series="hash")
