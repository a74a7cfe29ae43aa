"""A bucket of a service that speaks S3, by the maintained client; its keys come from AWS's own variables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from kernel.blobs import MissingBlobError, try_out, unavailable

#: A page must not wait for a storage that is away as long as the library would by itself.
_PATIENCE = {"connect_timeout": 3, "read_timeout": 20, "retries": {"max_attempts": 2, "mode": "standard"}}


class BucketStore:
    """Named bytes in one bucket below one prefix."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client, self._bucket = client, bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @classmethod
    def from_url(cls, url: str) -> BucketStore:
        """The store behind ``s3://bucket/prefix?endpoint=…&region=…``; both parameters may be left out."""
        parts = urlsplit(url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        # Addresses by path: a bucket of one's own server seldom has a host name of its own.
        config = Config(s3={"addressing_style": "path"} if "endpoint" in asked else {}, **_PATIENCE)
        client = boto3.client(
            "s3",
            endpoint_url=asked.get("endpoint"),
            region_name=asked.get("region", "us-east-1"),
            config=config,
        )
        return cls(client, parts.netloc, parts.path)

    def write(self, name: str, content: bytes) -> None:
        """As :meth:`kernel.blobs.Store.write`."""
        self._ask("put_object", Key=self._prefix + name, Body=content)

    def read(self, name: str) -> bytes:
        """As :meth:`kernel.blobs.Store.read`."""
        answer = self._ask("get_object", Key=self._prefix + name)
        try:
            content: bytes = answer["Body"].read()
        except BotoCoreError as error:
            raise unavailable(type(error).__name__) from None
        return content

    def remove(self, name: str) -> None:
        """As :meth:`kernel.blobs.Store.remove`."""
        self._ask("delete_object", Key=self._prefix + name)

    def names(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """As :meth:`kernel.blobs.Store.names`, a thousand a request."""
        after: dict[str, str] = {}
        while True:
            page = self._ask("list_objects_v2", Prefix=self._prefix + prefix, **after)
            for found in page.get("Contents", ()):
                yield found["Key"].removeprefix(self._prefix), found["LastModified"]
            if not page.get("IsTruncated"):
                return
            after = {"ContinuationToken": page["NextContinuationToken"]}

    def check(self) -> None:
        """As :meth:`kernel.blobs.Store.check`."""
        try_out(self)

    def _ask(self, what: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, what)(Bucket=self._bucket, **arguments)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in ("NoSuchKey", "404"):
                raise MissingBlobError from None
            # The code and not the text, which may hold the bucket's address.
            raise unavailable(code) from None
        except BotoCoreError as error:
            raise unavailable(type(error).__name__) from None
