"""The console: ``lianxin``, or ``python -m web.cli``. An error is one Chinese sentence on stderr, no traceback."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

import click
from sqlalchemy.exc import SQLAlchemyError

from kernel.errors import LianxinError

#: Command → its module and its name there, in the order of a deployment's life. A module is read when it is called,
#: so that migrating a database does not wait for the libraries of the others.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("web.commands.demo", "demo"),
    "db": ("web.commands.db", "db"),
    "serve": ("web.commands.serve", "serve"),
    "worker": ("web.commands.serve", "worker"),
    "scheduler": ("web.commands.serve", "scheduler"),
    "tenant": ("web.commands.tenant", "tenant"),
    "user": ("web.commands.user", "user"),
    "cases": ("web.commands.cases", "cases"),
    "categories": ("web.commands.cases", "categories"),
    "facts": ("web.commands.facts", "facts"),
    "audit": ("web.commands.audit", "audit"),
    "doctor": ("web.commands.doctor", "doctor"),
    "demo-seed": ("web.commands.seed", "demo_seed"),
}


_HELP = {"help_option_names": ["-h", "--help"]}


class Commands(click.Group):
    """The table above as click wants it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names in the table's order."""
        return [name for name, (module, _attribute) in COMMANDS.items() if find_spec(module) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, attribute = COMMANDS[cmd_name]
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found


@click.command(
    cls=Commands, help="连心桥：工会信访工作平台", context_settings={"help_option_names": ["-h", "--help"]}
)
def lianxin() -> None:
    """Root of every command."""


def main() -> None:
    """Run one command; exit code 1 for a refusal, 2 for a wrong call."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        code = lianxin.main(args=arguments, prog_name="lianxin", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as error:
        click.echo(_misuse(error), err=True)
        return 2
    except (click.ClickException, click.Abort, KeyboardInterrupt, LianxinError, SQLAlchemyError) as error:
        click.echo(_sentence(error), err=True)
        return 1
    return code if isinstance(code, int) else 0


def _misuse(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        what = f"没有选项 {error.option_name}。"
    elif isinstance(error, click.MissingParameter) and error.param is not None:
        what = f"缺少参数 {'/'.join(error.param.opts) if error.param.opts else error.param.human_readable_name}。"
    elif isinstance(error, click.BadParameter) and error.param is not None:
        what = f"参数 {error.param.human_readable_name} 的值不正确：{error.message}"
    else:
        what = f"命令不正确：{error.message}"
    path = error.ctx.command_path if error.ctx is not None else "lianxin"
    return f"{what}\n用法请看 {path} --help"


def _sentence(error: BaseException) -> str:
    if isinstance(error, LianxinError):
        return error.message
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, SQLAlchemyError):
        # Without the driver's text: it holds addresses and values.
        return "数据库出错或没有响应，请运行 lianxin doctor 查看原因。"
    return "已取消。"


if __name__ == "__main__":
    main()
