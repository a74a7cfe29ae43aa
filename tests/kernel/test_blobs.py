"""A store, folder or bucket, keeps bytes whole, lists them by whose they are, and says in words when it is away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest

from infra.processes import free_port
from kernel.blobs import NO_FILES, FileStore, MissingBlobError, Store, store_of
from kernel.buckets import BucketStore
from kernel.errors import SettingsError, UnavailableError

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing-secret"}


@pytest.fixture(scope="module")
def bucket_url() -> Iterator[str]:
    """A real HTTP server that speaks S3, with one bucket."""
    port = free_port()
    program = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{port}"
    before = {name: os.environ.get(name) for name in KEYS}
    os.environ.update(KEYS)
    try:
        client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        for _attempt in range(100):
            try:
                client.create_bucket(Bucket="lianxin")
                break
            except Exception:  # the server is still starting
                time.sleep(0.2)
        client.close()
        yield f"s3://lianxin/files?endpoint={endpoint}"
    finally:
        process.terminate()
        process.wait()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return store_of(f"file://{tmp_path}/blobs")
    return store_of(request.getfixturevalue("bucket_url"))


def test_what_was_written_is_read_again_and_is_gone_when_it_was_removed(store: Store) -> None:
    store.check()
    store.write("7/ab/abcd", b"one")
    store.write("7/ab/abcd", b"two")
    store.write("70/ab/abcd", b"another tenant")
    assert store.read("7/ab/abcd") == b"two"
    found = dict(store.names("7/"))
    assert list(found) == ["7/ab/abcd"], "a prefix of a number is not a tenant"
    assert abs(found["7/ab/abcd"] - datetime.now(UTC)) < timedelta(minutes=5)
    for _twice in range(2):
        store.remove("7/ab/abcd")
    with pytest.raises(MissingBlobError):
        store.read("7/ab/abcd")
    assert list(store.names("7/")) == []


def test_a_bucket_that_is_away_refuses_in_words(bucket_url: str) -> None:
    away = store_of(bucket_url.replace("lianxin/files", "nobody/files"))
    assert isinstance(away, BucketStore)
    for ask in (lambda: away.write("7/a", b"x"), lambda: list(away.names("7/")), away.check):
        with pytest.raises(UnavailableError, match="文件存储暂时不可用（NoSuchBucket）"):
            ask()
    with pytest.raises(UnavailableError, match="文件存储暂时不可用"):
        store_of(f"s3://lianxin?endpoint=http://127.0.0.1:{free_port()}").read("7/a")


def test_a_folder_keeps_what_it_has_when_a_write_fails(tmp_path: Path) -> None:
    (tmp_path / "7").write_text("a file where a folder should be")
    store = FileStore(tmp_path)
    with pytest.raises(UnavailableError, match="文件没有保存"):
        store.write("7/ab/abcd", b"x")
    assert [path.name for path in tmp_path.rglob("*")] == ["7"], "no part is left over"


@pytest.mark.parametrize("name", ["7/../8/x", "../x", "7//x", "7\\x"])
def test_a_name_cannot_climb_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a blob's name"):
        FileStore(tmp_path).read(name)


@pytest.mark.parametrize("url", ["", "ftp://host/x", "file://", "file://host/x", "s3://", "/var/blobs"])
def test_an_address_that_is_none_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="LIANXIN_BLOB_URL"):
        store_of(url)


def test_a_unit_of_work_without_a_store_refuses_files() -> None:
    with pytest.raises(UnavailableError):
        NO_FILES.store.write("7/a", b"x")
