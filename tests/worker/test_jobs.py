"""Nothing that stands in Redis can make a worker run anything but a delivery."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis import Redis
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from kernel import outbox
from tests.builders import Federation
from tests.worker.conftest import Crew, eventually
from worker import jobs
from worker.relay import Relay


class Bomb:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def plant(redis: Redis, data: bytes, **fields: str | bytes) -> str:
    """Write a job as somebody with Redis's password could."""
    name = uuid4().hex
    written: dict[Any, Any] = {"data": data, "status": "queued", "origin": jobs.QUEUE, **fields}
    redis.hset(f"rq:job:{name}", mapping=written)
    redis.sadd("rq:queues", f"rq:queue:{jobs.QUEUE}")
    redis.rpush(f"rq:queue:{jobs.QUEUE}", name)
    return name


def call(function: str, *arguments: object, **named: object) -> bytes:
    return json.dumps([function, None, list(arguments), named]).encode()


#: A fixed identifier: test names must be the same in every process of a parallel run.
ONE = "0195a000-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    "data",
    [
        call("os.system", "true"),
        call("worker.consumer.install", 1, ONE),
        call(jobs.DELIVER, None, ONE),
        call(jobs.DELIVER, True, ONE),
        call(jobs.DELIVER, "3", ONE),
        call(jobs.DELIVER, 3, "no message"),
        call(jobs.DELIVER, 3),
        call(jobs.DELIVER, 3, ONE, more=1),
        json.dumps([jobs.DELIVER, "an instance", [3, ONE], {}]).encode(),
        b"not json",
        b"",
    ],
)
def test_what_is_not_a_delivery_is_no_job(redis: Redis, data: bytes) -> None:
    name = plant(redis, data)
    with pytest.raises(NoSuchJobError):
        jobs.DeliveryJob.fetch(name, connection=redis, serializer=JSONSerializer)


def test_of_a_delivery_only_its_two_arguments_are_believed(redis: Redis) -> None:
    message = uuid4()
    name = plant(
        redis,
        call(jobs.DELIVER, 3, str(message)),
        success_callback_name="os.abort",
        failure_callback_name="os.abort",
        stopped_callback_name="os.abort",
        webhooks=json.dumps([{"url": "http://127.0.0.1:1/", "job_status": "finished"}]),
        timeout="86400",
        result_ttl="86400",
        retries_left="1000",
        repeats_left="1000",
        group_id="g",
        rate_limit_key="k",
        rate_limit_concurrency="1",
        dependency_ids=json.dumps(["x"]),
    )
    job = jobs.DeliveryJob.fetch(name, connection=redis, serializer=JSONSerializer)
    assert job.args == (3, str(message))
    assert [job.success_callback, job.failure_callback, job.stopped_callback] == [None, None, None]
    assert (job.webhooks, job.timeout, job.result_ttl) == ([], jobs.JOB_TIMEOUT, 0)
    assert (job.retries_left, job.repeats_left, job.group_id, job.has_rate_limit) == (None, None, None, False)


def test_a_job_identifier_names_its_message(redis: Redis) -> None:
    message = uuid4()
    assert jobs.message_of(jobs.job_id(12, message)) == message
    assert jobs.message_of("somebody-elses") is None
    Job.create(jobs.DELIVER, connection=redis, id=jobs.job_id(0, message))  # RQ takes letters, digits, _ and - only


def test_what_we_send_is_json_without_a_name_or_a_text(redis: Redis) -> None:
    message = uuid4()
    jobs.send(jobs.queue(redis), [(3, message)])
    stored = redis.hgetall(f"rq:job:{jobs.job_id(3, message)}")
    job = jobs.DeliveryJob.fetch(jobs.job_id(3, message), connection=redis, serializer=JSONSerializer)
    assert json.loads(job.data) == [jobs.DELIVER, None, [3, str(message)], {}]
    assert stored[b"description"] == jobs.DELIVER.encode()
    assert redis.ttl("none") + 3 > 0  # the job itself stays until it is done; only results and failures expire


def test_a_pickle_in_the_queue_is_not_opened_and_the_worker_goes_on(
    federation: Federation, crew: Crew, redis: Redis, rollup: Any, tmp_path: Path
) -> None:
    bomb, shell = tmp_path / "bomb", tmp_path / "shell"
    payload = pickle.dumps(("os.getcwd", None, (Bomb(bomb),), {}))
    pickle.loads(payload)
    assert bomb.exists(), "the bomb works"
    bomb.unlink()
    plant(redis, payload)
    plant(redis, pickle.dumps(Bomb(bomb)), meta=pickle.dumps(Bomb(bomb)), result=pickle.dumps(Bomb(bomb)))
    plant(redis, call("os.system", f"touch {shell}"))
    plant(redis, call("subprocess.check_call", ["touch", str(shell)]), timeout="nonsense")
    federation.register("clerk@east")
    Relay(rollup, jobs.queue(redis)).look()
    worker = crew.start("-m", "worker.main", "worker")
    eventually(lambda: done(federation, "east"), 20)
    assert worker.poll() is None
    assert not bomb.exists() and not shell.exists()
    assert "已拒绝队列中一个不是本系统写入的任务" in crew.said()


def done(federation: Federation, slug: str) -> bool:
    with federation.database.transaction(federation.ids[slug]) as session:
        return outbox.backlog(session.connection()).waiting == 0


def test_messages_have_one_job_however_often_they_are_sent(redis: Redis) -> None:
    message: UUID = uuid4()
    queue = jobs.queue(redis)
    for _ in range(3):
        jobs.send(queue, [(3, message)])
    assert len(queue.get_job_ids()) == 3
    assert len(redis.keys("rq:job:*")) == 1
