"""Wrong passwords run into a wall before they cost anything, on every way in (ASVS 6.3.1)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from access import passwords
from access.limits import MOST_BY_STRANGERS, MOST_FAILURES
from tenants import requests
from tenants.accounts import reset_password
from tests.builders import PASSWORD, Federation
from tests.web.clients import is_in, login, post, token, try_login, try_token
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

    with ThreadPoolExecutor(passwords.AT_ONCE) as pool:
        codes = list(pool.map(guess, range(40)))
    assert codes.count(401) == 10
    assert codes.count(429) == 30


def test_parallel_logins_of_one_person_all_succeed(app: Flask) -> None:
    with ThreadPoolExecutor(passwords.AT_ONCE) as pool:
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


@pytest.fixture
def addresses() -> Iterator[dict[str, str]]:
    """A fresh address for every guess, as an attacker with many machines has."""
    return ({"REMOTE_ADDR": f"10.{n >> 8}.{n & 255}.1"} for n in range(1 << 16))


def spent(federation: Federation, name: str, slug: str = "street") -> int:
    with federation.database.transaction(federation.ids[slug]) as session:
        return int(session.scalar(text("select failed_logins from users where username = :n"), {"n": name}))


def guess_on(app: Flask, clock: MovingClock, addresses: Iterator[dict[str, str]], guesses: int) -> None:
    """Wrong guesses as slowly as it takes never to meet a lock."""
    client = app.test_client()
    for n in range(guesses):
        if n % 9 == 0:
            clock.forward(minutes=16)
        answer = try_login(client, "head@street", f"wrong {n}", environ_base=next(addresses))
        assert answer.status_code == 401


def nearly_stop(federation: Federation) -> int:
    """Most of a stranger's guesses spent, to save the test their hashing; how many are left."""
    with federation.database.transaction(federation.ids["street"]) as session:
        session.execute(
            text("update users set failed_logins = :n where username = 'head'"), {"n": MOST_BY_STRANGERS - 4}
        )
    return 4


def test_patient_strangers_get_ninety_guesses_and_no_lock_that_ends_gives_them_more(
    app: Flask, clock: MovingClock, federation: Federation, addresses: Iterator[dict[str, str]]
) -> None:
    guess_on(app, clock, addresses, MOST_BY_STRANGERS + 5)
    assert spent(federation, "head") == MOST_BY_STRANGERS
    clock.forward(days=400)
    stranger = app.test_client()
    answers = [try_login(stranger, "head@street"), try_token(stranger, "head@street")]
    assert [answer.status_code for answer in answers] == [401, 401], "the right password, and nobody learns that"
    assert "联系本单位管理员重置" in answers[0].text
    with federation.work("admin@street") as work:
        titles = work.session.scalars(text("select title from tasks where done_at is null")).all()
        assert len(titles) == 1 and "已停止在新设备上登录" in titles[0]


def test_the_owner_s_own_device_still_opens_a_stopped_and_locked_account(
    app: Flask, clock: MovingClock, federation: Federation, addresses: Iterator[dict[str, str]]
) -> None:
    desk = app.test_client()
    login(desk, "head@street")
    post(desk, "/logout/")
    guess_on(app, clock, addresses, nearly_stop(federation))
    for _ in range(20):
        try_token(app.test_client(), "head@street", "wrong")
    assert try_login(app.test_client(), "head@street").status_code == 429
    login(desk, "head@street")
    assert spent(federation, "head") == 0
    with federation.work("admin@street") as work:
        assert work.session.scalar(text("select count(*) from tasks where done_at is null")) == 0


def test_a_copied_device_does_not_get_more_than_a_hundred_guesses_out_of_an_account(
    app: Flask, clock: MovingClock, federation: Federation, addresses: Iterator[dict[str, str]]
) -> None:
    thief = app.test_client()
    login(thief, "head@street")
    post(thief, "/logout/")
    guess_on(app, clock, addresses, nearly_stop(federation))
    codes = []
    for n in range(20):
        clock.forward(days=1)
        codes.append(try_login(thief, "head@street", f"wrong {n}").status_code)
    assert codes == [401] * 20
    assert spent(federation, "head") == MOST_FAILURES
    assert try_login(thief, "head@street").status_code == 401, "not even with the right one"


def test_a_reset_lifts_the_stop_and_the_lock_at_once(
    app: Flask, clock: MovingClock, federation: Federation, addresses: Iterator[dict[str, str]]
) -> None:
    guess_on(app, clock, addresses, nearly_stop(federation))
    for _ in range(12):
        try_token(app.test_client(), "head@street", "wrong")
    login(admin := app.test_client(), "admin@street")
    user = federation.users["head@street"].id
    assert "新设备上已不能登录" in admin.get(f"/admin/users/{user}").text
    with federation.work("admin@street") as work:
        _row, first = requests.ask_password(work, user, "本人忘记密码")
    with federation.work("security@street") as work:
        _row, second = requests.approve(work, _row.id)
    login(app.test_client(), "head@street", f"{first}-{second}")
    assert "新设备上已不能登录" not in admin.get(f"/admin/users/{user}").text


def test_a_reset_by_one_administrator_lifts_a_lock(app: Flask, federation: Federation) -> None:
    stranger = app.test_client()
    codes = [try_token(stranger, "clerk@street", "wrong").status_code for _ in range(11)]
    assert codes[-1] == 429
    with federation.work("admin@street") as work:
        reset_password(work, federation.users["clerk@street"].id, "Lianxin-Reset-2026")
    login(app.test_client(), "clerk@street", "Lianxin-Reset-2026")


def test_whoever_finds_a_screen_unlocked_gets_ten_guesses_and_no_lock_from_outside_keeps_the_owner_out(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    login(client, "head@street")
    for _ in range(11):
        try_token(app.test_client(), "head@street", "wrong")
    form = {"old": PASSWORD, "password": "Mein-Passwort-7", "repeat": "Mein-Passwort-7"}
    for n in range(9):
        assert post(client, "/password", form | {"old": f"wrong {n}"}).status_code == 422
    assert post(client, "/password", form).status_code == 302
    assert spent(federation, "head") == 0
    for n in range(10):
        assert post(client, "/password", form | {"old": f"wrong {n}"}).status_code == 422
    assert post(client, "/password", form).status_code == 429


def test_more_logins_at_once_than_a_process_takes_are_told_to_come_again_and_not_counted(
    client: FlaskClient, federation: Federation
) -> None:
    with ExitStack() as full:
        for _ in range(passwords.AT_ONCE):
            full.enter_context(passwords.turn())
        page, document = try_login(client, "head@street"), try_token(client, "head@street")
    assert page.status_code == document.status_code == 503
    assert page.headers["Retry-After"] == "5" and "请过几秒再试" in page.text
    assert document.json["detail"] == "现在登录的人较多，请过几秒再试。"
    assert spent(federation, "head") == 0
    login(client, "head@street")
