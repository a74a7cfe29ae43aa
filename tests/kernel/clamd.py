"""A server that speaks clamd's INSTREAM, for tests: it knows the EICAR mark and a limit of its own."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: The industry's harmless test virus, in two halves so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 30 * 1024 * 1024


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > LIMIT:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = EICAR in content
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


@contextmanager
def clamd(place: str | tuple[str, int]) -> Iterator[str]:
    """A running scanner on a socket file or a port; yields its address."""
    kind = socketserver.ThreadingUnixStreamServer if isinstance(place, str) else socketserver.ThreadingTCPServer
    with kind(place, _Session) as server:  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"unix://{place}" if isinstance(place, str) else f"tcp://{place[0]}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
