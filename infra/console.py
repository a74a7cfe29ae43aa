"""`python -m infra.servers start|stop|status|env`: the servers of a home without the demo around them."""

import argparse
import os
import shlex
import sys
from pathlib import Path

from infra.errors import InfraError
from infra.servers import Servers


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (1 with a sentence on stderr when something is in the way)."""
    parser = argparse.ArgumentParser(prog="python -m infra.servers", description="本机 PostgreSQL 与 Valkey")
    parser.add_argument("command", choices=("start", "stop", "status", "env"))
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("LIANXIN_HOME") or "var"))
    given = parser.parse_args(arguments)
    # `env` is meant for eval: sentences go to stderr so that stdout is shell and nothing else.
    servers = Servers(given.home, say=lambda sentence: print(sentence, file=sys.stderr))
    try:
        if given.command == "stop":
            servers.stop_all()
        elif given.command == "status":
            for server in (servers.postgres, servers.valkey):
                process = server.process()
                state = "未运行" if process is None else f"运行中，进程 {process.pid}，端口 {server.port}"
                print(f"{server.title}：{state}")
        else:
            environment = servers.start()
            for note in environment.notes:
                print(note, file=sys.stderr)
            if given.command == "env":
                for name, value in environment.env.items():
                    print(f"export {name}={shlex.quote(value)}")
    except InfraError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0
