"""Errors of the domain. They know no HTTP: a door maps a kind to a status code and shows the sentence.

Every message is a Chinese sentence that says what is wrong and what to do; it is safe to show to a user.
"""

from __future__ import annotations

from collections.abc import Mapping


class LianxinError(Exception):
    """Root of every error that this project raises on purpose."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class SettingsError(LianxinError):
    """A missing or weak setting; the process refuses to start."""

    code = "settings"


class NoTenantError(LianxinError):
    """A session was used without a tenant: a programming error, never shown as data."""

    code = "no_tenant"

    def __init__(self, message: str = "没有租户上下文，拒绝访问数据库。") -> None:
        super().__init__(message)


class NotFoundError(LianxinError):
    """Not there or not yours: the two read the same on purpose, so that ids cannot be probed."""

    code = "not_found"

    def __init__(self, message: str = "没有找到，或者您无权查看。") -> None:
        super().__init__(message)


class ForbiddenError(LianxinError):
    """The actor may see the thing but may not do this to it."""

    code = "forbidden"

    def __init__(self, message: str = "您的角色不能执行此操作。") -> None:
        super().__init__(message)


class InvalidError(LianxinError):
    """Input that breaks a rule. ``fields`` maps a field name to its own sentence."""

    code = "invalid"

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.fields = dict(fields or {})


class IllegalTransitionError(LianxinError):
    """The action does not exist in the present status."""

    code = "illegal_transition"


class ConflictError(LianxinError):
    """Somebody else changed the same thing first; nothing was written."""

    code = "conflict"

    def __init__(
        self, message: str = "其他人刚刚处理了同一事项，请刷新后再操作；您填写的内容仍保留在页面上。"
    ) -> None:
        super().__init__(message)


class ThrottledError(LianxinError):
    """Too many attempts; ``retry_after`` is in seconds."""

    code = "throttled"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnavailableError(LianxinError):
    """A part that the request needs is down; trying again later is safe."""

    code = "unavailable"
