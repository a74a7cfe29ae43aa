"""``lianxin user``: open an account from the console, such as the platform's first administrator."""

from __future__ import annotations

import sys

import click

from access.passwords import one_time
from access.roles import Role
from access.sessions import account
from kernel.errors import NotFoundError
from tenants.accounts import create_user, reset_password, shortest_password
from web.commands.working import as_system
from web.security.login import parse_login

_ROLES = [role.value for role in Role if role is not Role.SYSTEM]


@click.group("user", help="账号")
def user() -> None:
    """Commands about accounts."""


@user.command("create", help="开通账号：LOGIN 写作 用户名@组织标识，平台账号不写 @")
@click.argument("login")
@click.option("--role", "roles", type=click.Choice(_ROLES), multiple=True, required=True, help="角色，可多次给出")
@click.option("--display-name", help="姓名；不填用用户名")
@click.option("--password-stdin", is_flag=True, help="从标准输入读取密码；不给则生成一次性密码并打印")
@click.option("--keep-password", is_flag=True, help="首次登录不要求修改密码（自动化用）")
def create(
    login: str, roles: tuple[str, ...], display_name: str | None, password_stdin: bool, keep_password: bool
) -> None:
    """Open an account as the system.

    A password is never an argument: arguments are seen by everybody on the machine.
    """
    name, slug = parse_login(login)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else one_time()
    with as_system(slug, platform=True) as work:
        made = create_user(
            work,
            username=name,
            display_name=display_name or name,
            password=password,
            roles=[Role(role) for role in roles],
            must_change_password=not keep_password,
        )
        told = f"已开通账号：{made.username}@{slug}"
    click.echo(told if password_stdin else f"{told}\n一次性密码：{password}")


@user.command("reset", help="重置密码：给本单位唯一的管理员等无人可求助的账号")
@click.argument("login")
def reset(login: str) -> None:
    """A one-time password as the system, for an administrator whom nobody else can help; it lifts every lock.

    :raises NotFoundError: when there is no such account.
    """
    name, slug = parse_login(login)
    with as_system(slug, platform=True) as work:
        found = account(work.session, name)
        if found is None:
            raise NotFoundError(f"没有账号 {name}@{slug}。")
        password = one_time(shortest_password(work))
        reset_password(work, found.id, password)
    click.echo(f"已重置密码：{name}@{slug}\n一次性密码：{password}")
