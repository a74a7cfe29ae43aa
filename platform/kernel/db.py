"""The database: one engine a process, one session a tenant, the wall's second half.

PostgreSQL is the wall (FORCE ROW LEVEL SECURITY and a role that owns nothing); the session repeats it, because a
bound ``tenant_id = :t`` is what lets the planner use the tenant's index and a shard router pick one shard.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    MetaData,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    mapped_column,
    with_loader_criteria,
)

from kernel.errors import NoTenantError, UnavailableError
from kernel.ids import uuid7

#: The tenant of the platform itself; platform admins are its users. It owns no cases.
PLATFORM_TENANT = 0

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of every mapped table."""

    metadata = MetaData(naming_convention=NAMING)


class TenantOwned:
    """A row that belongs to one tenant and is seen by no other."""

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-2)


class TenantRow(TenantOwned):
    """A tenant's row with a client-made identifier: primary key ``(tenant_id, id)``."""

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid7, sort_order=-1)


class TenantSession(Session):
    """A session that serves exactly one tenant from its first statement to its last.

    A second tenant needs a second session: the identity map would otherwise hand out the first one's objects.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._tenant = self.info.get("tenant")

    @property
    def tenant_id(self) -> int:
        """The tenant of this session.

        :raises NoTenantError: when the session was made without one, or when somebody gave it another since.
        """
        tenant = self._tenant
        if not isinstance(tenant, int) or isinstance(tenant, bool) or self.info.get("tenant") != tenant:
            raise NoTenantError
        return tenant

    @contextmanager
    def addressing(self, tenants: Iterable[int]) -> Iterator[None]:
        """Let this transaction insert letters for ``tenants``; the permission ends with the block.

        The caller has read the list from the union tree; row-level security checks each inserted row against it.
        """
        addressees = ",".join(str(int(tenant)) for tenant in tenants)
        # In a savepoint, so that a block that raises takes the permission with it even when the caller goes on.
        with self.begin_nested():
            self.connection().exec_driver_sql(f"SET LOCAL app.addressees = '{addressees}'")
            yield
            self.flush()
            self.connection().exec_driver_sql("SET LOCAL app.addressees = ''")

    @contextmanager
    def beside(self, *, snapshot: bool = False) -> Iterator[TenantSession]:
        """A second session of the same tenant in a transaction of its own, committed when the block ends well.

        With ``snapshot`` it reads one moment from its first statement to its last (REPEATABLE READ) and writes
        nothing. It does not see what this session has not committed, and waits for ever for a row that this session
        has locked: whoever writes beside keeps off such rows. Costs a connection for as long as the block lasts.
        """
        given = {"tenant": self.tenant_id}
        with TenantSession(self.get_bind(), expire_on_commit=False, info=given) as session, session.begin():
            if snapshot:
                # Before the first statement, and given back to the pool as it was.
                options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                session.connection(execution_options=options)
            yield session


@event.listens_for(TenantSession, "after_begin")
def _bind_tenant(session: TenantSession, _transaction: SessionTransaction, connection: Connection) -> None:
    # Alone in its statement and without parameters: SET takes none, and a pooler or Citus must see it whole.
    connection.exec_driver_sql(f"SET LOCAL app.tenant = '{session.tenant_id:d}'")


@event.listens_for(TenantSession, "do_orm_execute")
def _filter_tenant(state: ORMExecuteState) -> None:
    session = state.session
    if not isinstance(session, TenantSession):  # pragma: no cover - the listener is on this class only
        return
    tenant = session.tenant_id
    if state.is_column_load or state.is_relationship_load:
        return
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(
            with_loader_criteria(TenantOwned, lambda cls: cls.tenant_id == tenant, include_aliases=True)
        )


@event.listens_for(TenantSession, "before_flush")
def _stamp_tenant(session: TenantSession, _context: object, _instances: object) -> None:
    tenant = session.tenant_id
    for row in session.new:
        if isinstance(row, TenantOwned):
            if row.tenant_id is None:
                row.tenant_id = tenant
            elif row.tenant_id != tenant:
                raise NoTenantError("试图写入其他租户的数据，已拒绝。")


class Database:
    """One process's pool of connections as one login role."""

    def __init__(self, url: str, *, pool_size: int = 8, max_overflow: int = 8, **options: Any) -> None:
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=max_overflow,
            # A restart of PostgreSQL costs no failed request for 0.15 ms a checkout.
            pool_pre_ping=True,
            # Parameters hold names and password hashes; they never reach a log.
            hide_parameters=True,
            connect_args={"prepare_threshold": None, "connect_timeout": 5, "application_name": "lianxin"},
            **options,
        )

    def session(self, tenant_id: int | None) -> TenantSession:
        """A new session for one tenant. ``None`` gives a session that refuses every statement."""
        return TenantSession(self.engine, expire_on_commit=False, info={"tenant": tenant_id})

    @contextmanager
    def transaction(self, tenant_id: int | None) -> Iterator[TenantSession]:
        """A session that commits when the block ends well and rolls back when it does not."""
        with self.session(tenant_id) as session, session.begin():
            yield session

    @contextmanager
    def passage(self) -> Iterator[Callable[[int], AbstractContextManager[TenantSession]]]:
        """One transaction that serves several tenants, one after the other and never two at once.

        For a restore only: a union comes in together with its place in the tree or not at all. Each tenant still has
        a session of its own, bound by row-level security like every other.
        """
        inside = False
        with self.engine.connect() as connection, connection.begin():

            @contextmanager
            def enter(tenant_id: int) -> Iterator[TenantSession]:
                nonlocal inside
                if inside:
                    raise NoTenantError("一次只能进入一个组织。")
                inside = True
                try:
                    with (
                        TenantSession(
                            connection,
                            expire_on_commit=False,
                            join_transaction_mode="create_savepoint",
                            info={"tenant": tenant_id},
                        ) as session,
                        session.begin(),
                    ):
                        yield session
                finally:
                    inside = False

            yield enter

    def assert_cannot_bypass(self) -> None:
        """Refuse to run as a role that row-level security does not bind.

        :raises UnavailableError: when the login role is a superuser, bypasses RLS, owns a table or is a member
            of another role (tenancy.md §5.1 row 1).
        """
        with self.engine.connect() as connection:
            problems = role_problems(connection)
        if problems:
            raise UnavailableError("数据库登录角色可以绕过租户隔离，拒绝启动：" + "；".join(problems) + "。")


_ROLE_PROBLEMS = text(
    """
    select case when r.rolsuper then '是超级用户' end,
           case when r.rolbypassrls then '带有 BYPASSRLS' end,
           case when r.rolcreaterole then '可以创建角色' end,
           case when exists (select 1 from pg_class c where c.relowner = r.oid) then '拥有数据表' end,
           case when exists (select 1 from pg_namespace n where n.nspowner = r.oid) then '拥有模式' end,
           case when exists (select 1 from pg_auth_members m where m.member = r.oid) then '是其他角色的成员' end
    from pg_roles r where r.rolname = current_user
    """
)


def role_problems(connection: Connection) -> list[str]:
    """The ways in which the present login role could see past row-level security; empty when it cannot."""
    row = connection.execute(_ROLE_PROBLEMS).one()
    return [problem for problem in row if problem]
