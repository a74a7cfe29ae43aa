"""Wrong passwords run into a wall before they cost anything, on every way in (ASVS 6.3.1)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from access import passwords
from tests.builders import PASSWORD, Federation
from tests.web.clients import is_in, login, token, try_login, try_token
from tests.web.conftest import MovingClock


def test_the_eleventh_attempt_waits_on_both_ways_in_even_with_the_right_password(
    app: Flask, client: FlaskClient, clock: MovingClock
) -> None:
    for n in range(10):
        answer = try_login(client, "head@street", f"wrong {n}") if n % 2 else try_token(client, "head@street", "no")
        assert answer.status_code == 401
    page = try_login(client, "head@street")
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "900"
    assert "尝试次数过多，请在 15 分钟后再试。" in page.text
    document = try_token(client, "head@street")
    assert document.status_code == 429
    assert document.headers["Retry-After"] == "900"
    assert document.json["detail"] == "尝试次数过多，请在 15 分钟后再试。"
    login(app.test_client(), "leader@street")
    clock.forward(minutes=14)
    assert try_login(client, "head@street").status_code == 429
    clock.forward(minutes=1, seconds=1)
    login(client, "head@street")


def test_an_account_that_does_not_exist_locks_in_the_same_way(client: FlaskClient) -> None:
    codes = [try_login(client, "nobody@nowhere", "x").status_code for _ in range(12)]
    assert codes == [401] * 10 + [429] * 2


def test_other_spellings_of_a_name_share_one_counter(client: FlaskClient) -> None:
    spellings = ["head@street", "HEAD@street", " head@STREET", "head @street", "head@ street "]
    codes = [try_token(client, spelling, "x").status_code for spelling in spellings * 2]
    assert codes == [401] * 10
    assert try_token(client, "head@street", "x").status_code == 429


def test_a_locked_account_costs_no_hashing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        try_token(client, "head@street", "x")

    def explode(*_: object) -> bool:
        raise AssertionError("a password was hashed for a locked account")

    monkeypatch.setattr("web.security.login.verify", explode)
    assert try_token(client, "head@street", "x").status_code == 429


def test_an_address_waits_after_thirty_failures_whatever_the_accounts(app: Flask, clock: MovingClock) -> None:
    there = {"REMOTE_ADDR": "203.0.113.7"}
    client = app.test_client()
    codes = [try_login(client, f"user{n}@street", "x", environ_base=there).status_code for n in range(31)]
    assert codes == [401] * 30 + [429]
    assert try_login(client, "head@street", environ_base=there).status_code == 429
    login(client, "head@street")  # from another address
    clock.forward(minutes=15, seconds=1)
    assert try_login(app.test_client(), "leader@street", environ_base=there).status_code == 302


def test_addresses_of_one_ipv6_network_count_together(app: Flask) -> None:
    client = app.test_client()
    codes = []
    for n in range(31):
        there = {"REMOTE_ADDR": f"2001:db8:0:1::{n:x}"}
        codes.append(try_login(client, f"user{n}@street", "x", environ_base=there).status_code)
    assert codes[-1] == 429


def test_a_forwarded_address_is_not_believed(client: FlaskClient) -> None:
    codes = []
    for n in range(31):
        headers = {"X-Forwarded-For": f"198.51.100.{n}"}
        body = {"username": f"user{n}@street", "password": "x", "provider": "db"}
        codes.append(client.post("/api/v1/security/login", json=body, headers=headers).status_code)
    assert codes[-1] == 429


def test_a_success_clears_the_account_and_gives_the_address_its_attempt_back(client: FlaskClient) -> None:
    for _ in range(5):
        for _ in range(5):
            assert try_token(client, "head@street", "x").status_code == 401
        assert try_token(client, "head@street").status_code == 200
    # 25 failures and 5 successes: the address has five left.
    codes = [try_token(client, f"user{n}@street", "x").status_code for n in range(6)]
    assert codes == [401] * 5 + [429]


def test_failures_long_apart_do_not_add_up(client: FlaskClient, clock: MovingClock) -> None:
    for _ in range(4):
        for _ in range(6):
            assert try_token(client, "head@street", "x").status_code == 401
        clock.forward(minutes=16)


def test_parallel_guesses_do_not_slip_past_the_limit_together(app: Flask, federation: Federation) -> None:
    def guess(n: int) -> int:
        return try_token(app.test_client(), "head@street", f"wrong {n}").status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(guess, range(40)))
    assert codes.count(401) == 10
    assert codes.count(429) == 30


def test_parallel_logins_of_one_person_all_succeed(app: Flask) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: try_token(app.test_client(), "head@street").status_code, range(12)))
    assert answers.count(200) == 12 or set(answers) == {200}


def test_an_unknown_account_costs_one_hash_like_a_known_one(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[object] = []
    real = passwords.verify

    def counting(stored: str | None, password: str) -> bool:
        checked.append(stored)
        return real(stored, password)

    monkeypatch.setattr("web.security.login.verify", counting)
    for who in ("head@street", "nobody@street", "head@nowhere"):
        assert try_token(client, who, "wrong password").status_code == 401
    assert len(checked) == 3
    assert [stored is None for stored in checked] == [False, True, True]


def test_a_very_long_password_is_cut_before_it_is_hashed(client: FlaskClient) -> None:
    assert try_token(client, "head@street", "x" * 1_000_000).status_code == 401
    assert try_token(client, "h" * 1_000_000, PASSWORD).status_code == 401


def test_the_form_that_is_throttled_still_has_its_token(client: FlaskClient) -> None:
    for _ in range(11):
        try_login(client, "head@street", "x")
    assert token(client, "/login/")
    assert not is_in(client)
