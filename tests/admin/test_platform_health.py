"""平台运行: counts of unions, the machinery's state, and no case; it opens when the queue is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from admin import platform_health
from kernel import leases
from tests.builders import Federation
from tests.web.clients import login
from worker import duties


def test_the_keeper_of_the_platform_sees_unions_duties_and_queue(client: FlaskClient, federation: Federation) -> None:
    federation.register()
    login(client, "root")
    page = client.get("/admin/platform").text
    for words in ("总工会", "基层工会联合会", "汇总数据", "还没有完成过", "后台工作进程", "每月新入驻"):
        assert words in page
    assert "三个月工资" not in page
    assert "东一工信" not in page


def test_every_duty_of_the_worker_is_watched() -> None:
    shown = {name for name, _word, _seconds in platform_health.DUTIES}
    assert shown == {duty.name for duty in duties.DUTIES} | {"relay"}
    for duty in duties.DUTIES:
        patience = next(seconds for name, _word, seconds in platform_health.DUTIES if name == duty.name)
        assert patience >= 3 * duty.seconds, duty.name


def test_a_duty_is_late_only_when_somebody_was_on_duty_long_enough(client: FlaskClient) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    hour = timedelta(hours=1)

    def late(found: dict[str, datetime]) -> set[str]:
        with client.application.test_request_context("/"):
            beats = platform_health._beats(found, now)
        words = {word: name for name, word, _seconds in platform_health.DUTIES}
        return {words[beat.word] for beat in beats if beat.late}

    everything = {name for name, _word, _seconds in platform_health.DUTIES}
    assert late({}) == everything, "nobody ever was on duty"
    assert late({leases.SCHEDULER: now}) == set(), "a fresh platform is not unwell"
    assert late({leases.SCHEDULER: now - hour}) == {"fold", "relay", "sweep", "rules", "tokenise"}
    assert late({leases.SCHEDULER: now - 1000 * hour, **dict.fromkeys(everything, now)}) == set()
    assert "purge" in late({leases.SCHEDULER: now - 5 * hour, "purge": now - 4 * hour})


@pytest.mark.parametrize("who", ["admin@city", "head@city", "auditor@city"])
def test_nobody_else_does(client: FlaskClient, federation: Federation, who: str) -> None:
    login(client, who)
    assert client.get("/admin/platform").status_code == 403


def test_a_queue_that_does_not_answer_is_said_and_costs_not_the_page() -> None:
    assert platform_health._queue("redis://127.0.0.1:1/0") is None


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "0秒"), (59, "59秒"), (61, "1分钟"), (7300, "2小时")])
def test_seconds_are_said_as_people_say_them(client: FlaskClient, seconds: float, words: str) -> None:
    with client.application.test_request_context("/"):
        assert platform_health.duration(seconds) == words
