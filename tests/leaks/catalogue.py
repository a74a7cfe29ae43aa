"""What the system catalogue must not contain if the wall is to hold (tenancy.md §5): one query for each check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, text

import kernel.db
from tests.leaks.grants import APPEND_ONLY, COLUMN_GRANTS

APP, ROLLUP, OWNER = "lianxin_app", "lianxin_rollup", "lianxin_owner"

#: Tables without ``tenant_id``, each with the reason why every tenant may share it.
SHARED: dict[str, str] = {
    "alembic_version": "one row: the revision of the schema",
    "calendar_days": "holidays and make-up days; nobody's data",
    "calendar_years": "which years' days are complete; nobody's data",
    "categories": "the shared classification; the application role only reads it",
    "heartbeats": "when a duty of the platform last ended well; no tenant's data",
    "leases": "which scheduler works; the application role has no right to it",
    "login_throttle": "failures before any tenant is known; keys are digests",
    "tenant_closure": "the public tree of unions",
    "tenant_successions": "who carries on whose work; as public as the tree",
    "tenant_lines": "the public tree of unions, with dates",
    "tenant_parents": "the public tree of unions, with dates",
    "tenants": "the public tree of unions",
    "tree_moves": "who was placed elsewhere in the public tree, and why",
}

#: Tables that the carrier of messages and figures may touch, across tenants: neither person nor text in any of them.
ROLLUP_MAY = (
    *("alembic_version", "categories", "daily_facts", "fact_deltas", "heartbeats", "inbox", "leases", "outbox"),
    *("tenant_closure", "tenant_lines", "tenant_parents", "tenants", "tree_moves"),
)

CALENDAR = ("calendar_days", "calendar_years")
#: Policies whose condition is true on purpose: the public tree, and the carrier on its own few tables.
TRUE_POLICIES = {
    *(
        (table, "everybody_reads")
        for table in ("tenants", "tenant_closure", "tenant_lines", "tenant_parents", "tree_moves", *CALENDAR)
    ),
    ("tree_moves", "carry_update"),
    ("tenant_successions", "everybody_reads"),
    *(
        (table, f"carry_{command}")
        for table in ("outbox", "inbox", "fact_deltas", "daily_facts")
        for command in ("select", "insert", "update", "delete")
    ),
}

#: Policies that let a row be written into another tenant: insert only, for the addressees of a letter.
ACROSS_POLICIES = {
    ("letters", "across"),
    ("letter_events", "across"),
    ("letter_files", "across"),
    ("outbox", "across"),
    # The platform tells a union and its superior that the union was suspended, resumed or closed.
    ("outbox", "life"),
}

#: Policies of the public tree that only the platform's own tenant passes.
PLATFORM_POLICIES = {
    ("tenants", "platform_inserts"),
    ("tenants", "platform_updates"),
    ("tenant_closure", "platform_inserts"),
    ("tenant_closure", "platform_deletes"),
    ("tenant_successions", "platform_inserts"),
    ("tenant_successions", "platform_updates"),
    *(
        (table, f"platform_{command}")
        for table in ("tenant_lines", "tenant_parents")
        for command in ("inserts", "updates", "deletes")
    ),
    ("tree_moves", "platform_inserts"),
    *((table, f"platform_{command}") for table in CALENDAR for command in ("inserts", "updates", "deletes")),
}

#: Policies of the owner on every tenant's table: to remove the rows of a union whose destruction two people signed.
#: Each reads or deletes, for one tenant a transaction; the web and the worker do not have the owner's password.
SHRED_POLICIES = {"shred_read": "r", "shred": "d"}

#: The one index that does not start with the tenant: the carrier looks for waiting messages of all tenants.
CARRIER_INDEXES = ("ix_outbox_waiting",)

FUNCTIONS = ("tenant", "addressees")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One object that breaks one check."""

    check: str
    thing: str


_OURS = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'"
_TABLES = f"""
    select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.relacl,
           exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
                   and not a.attisdropped) as owned
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f') and {_OURS}
"""
_POLICIES = """
    select p.*, c.relname, pg_get_expr(p.polqual, p.polrelid) as reads,
           pg_get_expr(p.polwithcheck, p.polrelid) as writes,
           coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' ' ||
           coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') as both_sides,
           array(select rolname::text from pg_roles where oid = any(p.polroles)) as roles
    from pg_policy p join pg_class c on c.oid = p.polrelid
"""
_OWN = "(tenant_id = app.tenant())"
_INDEXES = f"""
    select i.indrelid, i.indisunique, ic.relname as index_name, t.relname, t.owned, i.indkey, i.indexrelid
    from pg_index i join pg_class ic on ic.oid = i.indexrelid join ({_TABLES}) t on t.oid = i.indrelid
"""
_STARTS = """(select a.attname from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[0])"""

#: Name of a check → query; each row's first column names an object that breaks it.
CHECKS: dict[str, str] = {
    "rls_off": f"select relname from ({_TABLES}) t where owned and not relrowsecurity",
    "rls_not_forced": f"select relname from ({_TABLES}) t where owned and not relforcerowsecurity",
    "tree_unguarded": f"""select relname from ({_TABLES}) t
        where relname in ('tenants', 'tenant_closure', 'tenant_lines', 'tenant_parents', 'tree_moves',
            'tenant_successions', 'calendar_days', 'calendar_years')
        and not (relrowsecurity and relforcerowsecurity)""",
    "no_policy": f"""select relname from ({_TABLES}) t where owned and not exists (select 1 from ({_POLICIES}) p
        where p.polrelid = t.oid and p.polname = 'own' and p.polcmd = '*' and p.roles = array[:app]
        and p.reads = '{_OWN}' and p.writes = '{_OWN}')""",
    "restrictive_policy": f"select relname || '.' || polname from ({_POLICIES}) p where not polpermissive",
    "policy_to_public": f"select relname || '.' || polname from ({_POLICIES}) p where 0 = any(polroles)",
    "policy_true": f"""select relname || '.' || polname from ({_POLICIES}) p where (reads = 'true' or writes = 'true')
        and relname || '.' || polname <> all(:true_policies)""",
    "policy_or": rf"select relname || '.' || polname from ({_POLICIES}) p where both_sides ~* '\mor\M'",
    "policy_subquery": rf"select relname || '.' || polname from ({_POLICIES}) p where both_sides ~* '\mselect\M'",
    "policy_unknown": f"""select relname || '.' || polname from ({_POLICIES}) p
        where relname || '.' || polname <> all(:known_policies) and not (polname = 'own' and roles = array[:app])""",
    "across_reads": f"""select relname || '.' || polname from ({_POLICIES}) p
        where relname || '.' || polname = any(:across_policies) and (polcmd <> 'a' or roles <> array[:app]
        or writes !~ '^.*tenant_id = ANY .app.addressees..' )""",
    "platform_policy_open": f"""select relname || '.' || polname from ({_POLICIES}) p
        where relname || '.' || polname = any(:platform_policies)
        and (coalesce(reads, writes) <> '(app.tenant() = 0)' or coalesce(writes, reads) <> '(app.tenant() = 0)')""",
    "carrier_policy_for_others": f"""select relname || '.' || polname from ({_POLICIES}) p
        where polname ~ '^carry_' and roles <> array[:rollup]""",
    "no_shred": f"""select relname from ({_TABLES}) t where owned and relname = any(:modelled)
        and (select count(*) from ({_POLICIES}) p where p.polrelid = t.oid and polname ~ '^shred') <> 2""",
    "shred_policy_open": f"""select relname || '.' || polname from ({_POLICIES}) p where polname ~ '^shred'
        and (roles <> array[:owner] or reads <> '{_OWN}' or writes is not null
        or polcmd::text || polname <> all(:shred_policies))""",
    "missing_tenant_id": f"select relname from ({_TABLES}) t where not owned and relname <> all(:shared)",
    "unknown_table": f"select relname from ({_TABLES}) t where relname <> all(:modelled) and relname <> all(:shared)",
    "tenant_nullable": f"""select t.relname from ({_TABLES}) t join pg_attribute a on a.attrelid = t.oid
        where a.attname = 'tenant_id' and (not a.attnotnull or a.atttypid <> 'bigint'::regtype)""",
    "no_primary_key": f"""select relname from ({_TABLES}) t where not exists
        (select 1 from pg_index i where i.indrelid = t.oid and i.indisprimary)""",
    "unique_without_tenant": f"""select index_name from ({_INDEXES}) i where indisunique and owned
        and coalesce({_STARTS}, '') <> 'tenant_id'""",
    "index_without_tenant": f"""select index_name from ({_INDEXES}) i where not indisunique and owned
        and coalesce({_STARTS}, '') <> 'tenant_id' and index_name <> all(:carrier_indexes)""",
    "slow_type_in_index": f"""select i.index_name || '.' || a.attname from ({_INDEXES}) i
        join pg_attribute a on a.attrelid = i.indexrelid join pg_type y on y.oid = a.atttypid
        where i.owned and (y.typname in ('numeric', 'jsonb', 'tsvector', 'json') or y.typtype in ('e', 'r', 'm')
        or y.typcategory = 'A')""",
    "fk_without_tenant": f"""select k.conname from pg_constraint k join ({_TABLES}) t on t.oid = k.conrelid
        join pg_class f on f.oid = k.confrelid where k.contype = 'f' and t.owned and f.relname <> all(:shared)
        and not exists (select 1 from unnest(k.conkey, k.confkey) pair(own, other)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.own
            join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.other
            where a.attname = 'tenant_id' and b.attname = 'tenant_id')""",
    "fk_sets_null": "select conname from pg_constraint where contype = 'f' and confdeltype in ('n', 'd')",
    "definer_view": f"""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where
        c.relkind = 'v' and {_OURS} and not coalesce('security_invoker=true' = any(c.reloptions), false)""",
    "materialized_view": f"""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'm' and {_OURS}""",
    "partition": "select inhrelid::regclass::text from pg_inherits where inhparent in (select oid from pg_class "
    "where relkind in ('r', 'p'))",
    "trigger": "select tgname from pg_trigger where not tgisinternal",
    "rewrite_rule": f"""select r.rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class
        join pg_namespace n on n.oid = c.relnamespace where r.rulename <> '_RETURN' and {_OURS}""",
    "wide_grant": f"""select t.relname || ' ' || g.privilege_type from ({_TABLES}) t, aclexplode(t.relacl) g
        where g.grantee <> t.relowner and g.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')""",
    "grant_to_others": f"""select t.relname || ' ' || coalesce(r.rolname, 'public') from ({_TABLES}) t,
        aclexplode(t.relacl) g left join pg_roles r on r.oid = g.grantee
        where g.grantee <> t.relowner and coalesce(r.rolname, 'public') not in (:app, :rollup)""",
    "grant_option": f"""select t.relname || ' ' || g.privilege_type from ({_TABLES}) t, aclexplode(t.relacl) g
        where g.grantee <> t.relowner and g.is_grantable""",
    "column_grant": f"""select t.relname || '.' || a.attname from ({_TABLES}) t
        join pg_attribute a on a.attrelid = t.oid where a.attacl is not null
        and t.relname || '.' || a.attname <> all(:column_grants)""",
    "append_only_changed": f"""select t.relname || ' ' || g.privilege_type from ({_TABLES}) t, aclexplode(t.relacl) g
        join pg_roles r on r.oid = g.grantee where r.rolname in (:app, :rollup) and t.relname = any(:append_only)
        and g.privilege_type in ('UPDATE', 'DELETE')""",
    "rollup_reach": f"""select t.relname || ' ' || g.privilege_type from ({_TABLES}) t, aclexplode(t.relacl) g
        join pg_roles r on r.oid = g.grantee where r.rolname = :rollup and t.relname <> all(:rollup_may)""",
    "reference_written": f"""select t.relname || ' ' || g.privilege_type from ({_TABLES}) t, aclexplode(t.relacl) g
        join pg_roles r on r.oid = g.grantee where r.rolname in (:app, :rollup) and g.privilege_type <> 'SELECT'
        and t.relname in ('categories', 'alembic_version')""",
    "role_attribute": """select rolname from pg_roles where rolname in (:app, :rollup)
        and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit)""",
    "owner_attribute": "select rolname from pg_roles where rolname = :owner and (rolsuper or rolbypassrls)",
    "role_membership": """select m.rolname || ' in ' || g.rolname from pg_auth_members a
        join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.roleid
        where m.rolname in (:app, :rollup, :owner) or (g.rolname in (:app, :rollup) and not m.rolsuper
        and not m.rolcreaterole)""",
    "owned_by_login": """select c.relname from pg_class c join pg_roles r on r.oid = c.relowner
        where r.rolname in (:app, :rollup) and c.relkind not in ('i', 't') union all
        select n.nspname from pg_namespace n join pg_roles r on r.oid = n.nspowner where r.rolname in (:app, :rollup)
        union all select p.proname from pg_proc p join pg_roles r on r.oid = p.proowner
        where r.rolname in (:app, :rollup)""",
    "create_in_schema": f"""select n.nspname || ' ' || r.rolname from pg_namespace n cross join pg_roles r
        where {_OURS} and r.rolname in (:app, :rollup) and not r.rolsuper
        and has_schema_privilege(r.oid, n.oid, 'CREATE')""",
    "create_in_database": """select r.rolname from pg_roles r where r.rolname in (:app, :rollup) and not r.rolsuper
        and (has_database_privilege(r.oid, current_database(), 'CREATE')
        or has_database_privilege(r.oid, current_database(), 'TEMPORARY'))""",
    "security_definer": f"""select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and {_OURS}""",
    "context_function": """select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        join pg_language l on l.oid = p.prolang where n.nspname = 'app' and p.proname = any(:functions)
        and (p.provolatile <> 's' or l.lanname <> 'sql' or p.prosrc !~
         'nullif\\(current_setting\\(''app\\.[a-z]+'', true\\), ''''\\)')""",
    "unknown_function": f"""select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where {_OURS} and not (n.nspname = 'app' and p.proname = any(:functions))""",
    "forged_leakproof": """select p.proname from pg_proc p where p.proleakproof and
        (p.oid >= 16384 or p.proname in ('ts_match_vq', 'texticlike', 'textlike', 'jsonb_contains'))""",
    "sequence": f"""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'S' and {_OURS}""",
    "set_config_open": "select 'set_config' where has_function_privilege(:app, "
    "'pg_catalog.set_config(text,text,boolean)', 'EXECUTE')",
    "activity_open": "select 'pg_stat_activity' "
    "where has_table_privilege(:app, 'pg_catalog.pg_stat_activity', 'SELECT')",
    "extension": "select extname from pg_extension where extname <> 'plpgsql'",
    "foreign_server": "select srvname from pg_foreign_server",
    "unknown_schema": f"select n.nspname from pg_namespace n where {_OURS} and n.nspname not in ('public', 'app')",
}


@lru_cache(maxsize=1)
def modelled() -> tuple[str, ...]:
    """Names of all tables that the models know, whichever package they live in."""
    root = Path(kernel.db.__file__).parents[1]
    for path in root.glob("*/*.py"):
        if "__tablename__" in path.read_text():
            import_module(f"{path.parent.name}.{path.stem}")
    return tuple(sorted(kernel.db.Base.metadata.tables))


def tenant_tables() -> tuple[str, ...]:
    """Names of the tables whose rows belong to a tenant."""
    return tuple(name for name in modelled() if "tenant_id" in kernel.db.Base.metadata.tables[name].columns)


def findings(connection: Connection) -> list[Finding]:
    """Every object that breaks a check."""
    shredding = {(table, policy) for table in tenant_tables() for policy in SHRED_POLICIES}
    given = {
        "app": APP,
        "rollup": ROLLUP,
        "owner": OWNER,
        "shared": list(SHARED),
        "modelled": list(modelled()),
        "append_only": list(APPEND_ONLY),
        "column_grants": list(COLUMN_GRANTS),
        "rollup_may": list(ROLLUP_MAY),
        "functions": list(FUNCTIONS),
        "carrier_indexes": list(CARRIER_INDEXES),
        "true_policies": _dotted(TRUE_POLICIES),
        "across_policies": _dotted(ACROSS_POLICIES),
        "platform_policies": _dotted(PLATFORM_POLICIES),
        "known_policies": _dotted(TRUE_POLICIES | ACROSS_POLICIES | PLATFORM_POLICIES | shredding),
        "shred_policies": [command + name for name, command in SHRED_POLICIES.items()],
    }
    found: list[Finding] = []
    for name, query in CHECKS.items():
        statement = text(query.replace("::", r"\:\:"))
        needed = {key: given[key] for key in statement.compile().params}
        found += [Finding(name, str(thing)) for thing in connection.execute(statement, needed).scalars()]
    return sorted(found)


def _dotted(policies: set[tuple[str, str]]) -> list[str]:
    return [f"{table}.{policy}" for table, policy in policies]
