"""Ask a running clamd whether a file is known to be harmful: its INSTREAM command over a socket.

Where an address is configured, nothing comes in that was not looked at: a scanner that is away refuses the upload and
does not wave it through.
"""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from urllib.parse import urlsplit

from kernel.blobs import Scan
from kernel.errors import SettingsError, UnavailableError

_CHUNK = 256 * 1024
_PATIENCE_SECONDS = 30.0
_LONGEST_ANSWER = 4096


def scanner_of(url: str) -> Scan | None:
    """A scanner behind ``unix:///run/clamav/clamd.ctl`` or ``tcp://host:3310``; ``None`` for an empty address.

    :raises SettingsError: for any other address.
    """
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        path = parts.path
        return lambda content: _scan(_unix(path), content)
    if parts.scheme == "tcp" and parts.hostname and port:
        place = (parts.hostname, port)
        return lambda content: _scan(_tcp(place), content)
    raise SettingsError("LIANXIN_CLAMD_URL 应为 unix:///套接字文件 或 tcp://主机:端口。")


def _unix(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_PATIENCE_SECONDS)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise _away() from None
    return connection


def _tcp(place: tuple[str, int]) -> socket.socket:
    try:
        return socket.create_connection(place, timeout=_PATIENCE_SECONDS)
    except OSError:
        raise _away() from None


def _scan(connection: socket.socket, content: bytes) -> str | None:
    """The name of what clamd found.

    :raises UnavailableError: when it does not answer, or answers anything but a verdict (a file above its own limit).
    """
    with closing(connection):
        try:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                connection.sendall(struct.pack("!I", len(chunk)) + chunk)
            connection.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
                part = connection.recv(_LONGEST_ANSWER)
                if not part:
                    break
                answer += part
        except OSError:
            raise _away() from None
    verdict = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    if verdict.endswith("FOUND"):
        return verdict.removeprefix("stream:").removesuffix("FOUND").strip()
    if verdict.endswith("OK"):
        return None
    raise _away()


def _away() -> UnavailableError:
    return UnavailableError("病毒扫描服务暂时不可用，文件没有保存，请稍后再试或联系平台管理员。")
