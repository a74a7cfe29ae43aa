"""The one way in: the form and the token endpoint both end here, and so does every later one."""

from __future__ import annotations

from collections.abc import Sequence

from access import absence, devices, limits, sessions, throttle
from access.actor import Actor, Work
from access.models import User
from access.passwords import turn, verify
from access.queries import roles_of
from access.sessions import Kind
from audit.services import record
from doorway.guard import NotLoggedInError
from doorway.runtime import Runtime
from kernel.db import PLATFORM_TENANT, TenantSession
from kernel.errors import ThrottledError
from tenants import queries as tenants
from tenants.accounts import ask_for_reset, reset_is_done
from tenants.models import Tenant
from web.security.principal import Principal, read_ticket

PLATFORM_SLUG = "platform"
#: Longer input is cut before it is hashed into a key or looked up.
MAX_LOGIN = 100
MAX_PASSWORD = 1024


class UnionRestsError(NotLoggedInError):
    """The password is right, but the union was suspended or closed. Only who knows the password is told."""

    code = "union_rests"


def parse_login(text: str) -> tuple[str, str]:
    """``name@slug`` as (name, slug), in lower case; without a slug the account is the platform's."""
    name, _, slug = text.strip().lower()[:MAX_LOGIN].partition("@")
    return name.strip(), slug.strip() or PLATFORM_SLUG


def log_in(
    parts: Runtime, *, login: str, password: str, address: str, kind: Kind, kept: str = ""
) -> Principal | None:
    """Open a session, or return ``None``: unknown name or union, wrong password, closed account, too many guesses.

    All of these cost one argon2 check and leave one event, so neither the answer nor its time tells them apart.
    ``kept`` is the browser's cookie of devices (``access.devices``).

    :raises UnionRestsError: for a right password in a union that was suspended or closed, saying whom to ask.
    :raises ThrottledError: before any password is checked, after too many failures of the account or the address.
    :raises UnavailableError: when this process has its hands full of logins; the attempt is not counted.
    """
    with turn():
        return _log_in(parts, parse_login(login), password[:MAX_PASSWORD], address=address, kind=kind, kept=kept)


def _log_in(
    parts: Runtime, login: tuple[str, str], password: str, *, address: str, kind: Kind, kept: str
) -> Principal | None:
    name, slug = login
    now = parts.clock.now()
    # The union and its own limit come first: how many failures lock an account is the union's to say. Both are short
    # reads; the attempt is still counted before any password is hashed.
    with parts.database.transaction(PLATFORM_TENANT) as session:
        tenant = tenants.by_slug(session, slug)
    # A union that does not exist costs what one that does costs: its account is looked for where there is none.
    with parts.database.transaction(tenant.id if tenant is not None else PLATFORM_TENANT) as session:
        user, limit = sessions.account(session, name), sessions.limits_of(session)
    if tenant is None:
        user, limit = None, limits.DEFAULTS
    series = user.password_hash if user else ""
    device = devices.found(parts.settings.secret_key, kept, login=f"{name}@{slug}", series=series) if user else ""
    counters = throttle.counters(
        parts.settings.secret_key,
        login=f"{name}@{slug}",
        address=address,
        per_account=limit.lock_after,
        series=series,
        device=device,
    )
    with parts.database.transaction(PLATFORM_TENANT) as session:
        wait = throttle.take_attempt(session, counters, now)
    if wait:
        raise throttled(wait)
    left = user is not None and _spend(parts, user, known=bool(device))
    # Between two transactions, so that 25 ms of hashing hold neither a connection nor a lock.
    right = verify(user.password_hash if user and left else None, password)
    if tenant is None or user is None or not right or not user.active or tenant.status != "active":
        _note_failure(parts, tenant, user, address)
        if tenant is not None and user is not None and right and user.active:
            raise UnionRestsError(_resting(parts, tenant))
        return None
    return _open(parts, tenant, user, address=address, kind=kind, counters=counters, kept=kept)


def _spend(parts: Runtime, user: User, *, known: bool) -> bool:
    """Whether the account may be guessed at once more. The last guess of a stranger leaves a task for whoever can
    give the account a new password, because its owner cannot tell anybody from inside."""
    most = limits.MOST_FAILURES if known else limits.MOST_BY_STRANGERS
    with parts.database.transaction(user.tenant_id) as session:
        spent = sessions.spend(session, user, most)
        if spent == limits.MOST_BY_STRANGERS:
            ask_for_reset(_nobody(parts, session), user)
    return spent is not None


def _open(
    parts: Runtime,
    tenant: Tenant,
    user: User,
    *,
    address: str,
    kind: Kind,
    counters: Sequence[throttle.Counter],
    kept: str,
) -> Principal | None:
    now = parts.clock.now()
    with parts.database.transaction(tenant.id) as session:
        fresh = sessions.account(session, user.username)
        if fresh is None or not fresh.active or fresh.password_hash != user.password_hash:
            return None  # changed while the password was being checked
        stopped = fresh.failed_logins >= limits.MOST_BY_STRANGERS
        row = sessions.open_session(session, fresh, kind=kind, now=now)
        actor = Actor(
            tenant.id,
            fresh.id,
            fresh.display_name,
            roles_of(session, fresh.id),
            absence.stands_in_for(session, fresh.id, now),
        )
        throttle.forgive(session, counters, now)
        work = Work(session, actor, parts.clock, parts.cipher, parts.bus)
        if stopped:
            reset_is_done(work, fresh)
        # Last, because it locks the head of the union's log until the commit.
        record(
            work,
            "user:login",
            subject_type="user",
            subject_id=fresh.id,
            data={"kind": kind, "address": address},
        )
        return Principal(
            actor=actor,
            username=fresh.username,
            slug=tenant.slug,
            tenant_name=tenant.name,
            session_id=row.id,
            must_change_password=fresh.must_change_password
            or sessions.too_old(fresh, sessions.limits_of(session), now),
            device=devices.keep(
                parts.settings.secret_key,
                kept,
                login=f"{fresh.username}@{tenant.slug}",
                series=fresh.password_hash,
            ),
        )


def _resting(parts: Runtime, tenant: Tenant) -> str:
    """Why nobody of this union can log in, and whom to ask."""
    with parts.database.transaction(PLATFORM_TENANT) as session:
        above = tenants.working_above(session, tenant.id)
        after = tenants.working_successor(session, tenant)
    if tenant.status == "closed":
        whom = f"工作由“{after.name}”承继，请与其联系。" if after else "如有疑问，请联系平台管理员。"
        return f"“{tenant.name}”已关闭，不能再登录。{whom}"
    whom = f"上级工会（{above.name}）或平台管理员" if above else "平台管理员"
    return f"“{tenant.name}”已停用，暂时不能登录，在办件的期限照常计算。请联系{whom}。"


def _note_failure(parts: Runtime, tenant: Tenant | None, user: User | None, address: str) -> None:
    # The typed name of an unknown account or union is left out: people type passwords into that field.
    told: dict[str, object] = {"known": False} if user is None else {"username": user.username}
    # Nobody's failure is the platform's to see: somebody who tries names of unions is in no union's log.
    tenant_id = tenant.id if tenant is not None else PLATFORM_TENANT
    if tenant is None:
        told["union"] = False
    with parts.database.transaction(tenant_id) as session:
        record(
            _nobody(parts, session),
            "user:login_failed",
            subject_type="user",
            subject_id=user.id if user else None,
            data=told | {"address": address},
        )


def _nobody(parts: Runtime, session: TenantSession) -> Work:
    """Work in the union's name before anybody has proven to be anybody."""
    return Work(session, Actor(session.tenant_id, None, "未登录", frozenset()), parts.clock, parts.cipher, parts.bus)


def take_attempt(parts: Runtime, principal: Principal, address: str) -> Sequence[throttle.Counter]:
    """Count an attempt at somebody's password made from inside their session, as a login from a known device.

    Whoever finds a screen unlocked must not find out the password behind it; a stranger who locks the account from
    outside must not keep its owner from a new password.

    :raises ThrottledError: after too many failures.
    """
    with parts.database.transaction(principal.actor.tenant_id) as session:
        user = sessions.account(session, principal.username)
        if user is None or sessions.spend(session, user, limits.MOST_FAILURES) is None:
            raise throttled(int(throttle.LOCKS[-1].total_seconds()))
    counters = throttle.counters(
        parts.settings.secret_key,
        login=f"{principal.username}@{principal.slug}",
        address=address,
        per_account=limits.read(principal.settings).lock_after,
        series=user.password_hash,
        device=f"session:{principal.session_id}",
    )
    with parts.database.transaction(PLATFORM_TENANT) as session:
        wait = throttle.take_attempt(session, counters, parts.clock.now())
    if wait:
        raise throttled(wait)
    return counters


def reopen(parts: Runtime, principal: Principal, *, kind: Kind) -> Principal | None:
    """A fresh session for somebody whose sessions were just ended by their own password change."""
    with parts.database.transaction(principal.actor.tenant_id) as session:
        user = sessions.account(session, principal.username)
        if user is None or not user.active:
            return None
        row = sessions.open_session(session, user, kind=kind, now=parts.clock.now())
        return Principal(
            actor=principal.actor,
            username=user.username,
            slug=principal.slug,
            tenant_name=principal.tenant_name,
            session_id=row.id,
            must_change_password=user.must_change_password,
            settings=principal.settings,
            settings_version=principal.settings_version,
        )


def recognise(parts: Runtime, text: str) -> Principal | None:
    """The person of a ticket, checked now against the session, the account, its roles and its union.

    Two statements (three once a minute); nothing is cached, so that an end is an end at the very next request.
    """
    found = read_ticket(text)
    if found is None:
        return None
    tenant_id, user_id, session_id = found
    with parts.database.transaction(tenant_id) as session:
        standing = sessions.stand(session, user_id, session_id, parts.clock.now())
        if standing is None:
            return None
        tenant = tenants.get(session, tenant_id)
        if tenant.status != "active":
            return None
        return Principal.of(standing, slug=tenant.slug, tenant_name=tenant.name)


def log_out(parts: Runtime, principal: Principal) -> None:
    """End the session of the present cookie or token and note it."""
    with parts.database.transaction(principal.actor.tenant_id) as session:
        sessions.end_session(session, principal.session_id, parts.clock.now())
        record(
            Work(session, principal.actor, parts.clock, parts.cipher, parts.bus),
            "user:logout",
            subject_type="user",
            subject_id=principal.actor.user_id,
        )


def throttled(seconds: int) -> ThrottledError:
    """The one sentence for account and address alike: it must not say which of the two is locked."""
    minutes = -(-seconds // 60)
    return ThrottledError(f"尝试次数过多，请在 {minutes} 分钟后再试。", retry_after=seconds)
