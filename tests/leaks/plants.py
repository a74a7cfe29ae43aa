"""Faults to plant in a database, and what the catalogue must say about each."""

from __future__ import annotations

#: What is planted (statements separated by ``;;``) and every finding that it must lead to, no more and no fewer.
PLANTS: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "row-level security off": (
        "alter table cases disable row level security",
        {("rls_off", "cases")},
    ),
    "row-level security not forced": (
        "alter table cases no force row level security",
        {("rls_not_forced", "cases")},
    ),
    "the tree without its guard": (
        "alter table tenants disable row level security",
        {("tree_unguarded", "tenants")},
    ),
    "a table without its policy": ("drop policy own on parties", {("no_policy", "parties")}),
    "a policy that checks reading only": (
        "drop policy own on claims;;"
        "create policy own on claims for all to lianxin_app using (tenant_id = app.tenant()) with check (true)",
        {("no_policy", "claims"), ("policy_true", "claims.own")},
    ),
    "a restrictive policy": (
        "create policy extra on cases as restrictive to lianxin_app using (tenant_id = app.tenant())",
        {("restrictive_policy", "cases.extra"), ("policy_unknown", "cases.extra")},
    ),
    "a policy for everybody": (
        "create policy extra on cases using (tenant_id = app.tenant())",
        {("policy_to_public", "cases.extra"), ("policy_unknown", "cases.extra")},
    ),
    "a policy that is always true": (
        "create policy extra on letters for select to lianxin_app using (true)",
        {("policy_true", "letters.extra"), ("policy_unknown", "letters.extra")},
    ),
    "a policy with an alternative": (
        "create policy extra on cases for select to lianxin_app using (tenant_id = app.tenant() or sealed)",
        {("policy_or", "cases.extra"), ("policy_unknown", "cases.extra")},
    ),
    "a policy with a subquery": (
        "create policy extra on cases for select to lianxin_app "
        "using (tenant_id in (select descendant_id from tenant_closure))",
        {("policy_subquery", "cases.extra"), ("policy_unknown", "cases.extra")},
    ),
    "a letter's policy that reads across": (
        "drop policy across on letters;;"
        "create policy across on letters for select to lianxin_app using (tenant_id = any(app.addressees()))",
        {("across_reads", "letters.across")},
    ),
    "a tree that anybody may write": (
        "drop policy platform_inserts on tenants;;"
        "create policy platform_inserts on tenants for insert to lianxin_app with check (app.tenant() >= 0)",
        {("platform_policy_open", "tenants.platform_inserts")},
    ),
    "the carrier's policy given to the application": (
        "alter policy carry_select on outbox to lianxin_app",
        {("carrier_policy_for_others", "outbox.carry_select")},
    ),
    "a table that outlives its union": (
        "drop policy shred on parties",
        {("no_shred", "parties")},
    ),
    "the owner's policy given to the application": (
        "alter policy shred on cases to lianxin_app",
        {("shred_policy_open", "cases.shred")},
    ),
    "the owner's policy for every union": (
        "alter policy shred on cases using (tenant_id >= app.tenant())",
        {("shred_policy_open", "cases.shred")},
    ),
    "the owner's policy that writes": (
        "drop policy shred on cases;;"
        "create policy shred on cases for all to lianxin_owner using (tenant_id = app.tenant())",
        {("shred_policy_open", "cases.shred")},
    ),
    "the platform's messages from anybody": (
        "alter policy life on outbox with check (topic = 'tenant.life')",
        {("across_reads", "outbox.life")},
    ),
    "a table without a tenant": (
        "create table stray (id bigint primary key, note text)",
        {("missing_tenant_id", "stray"), ("unknown_table", "stray")},
    ),
    "a copied table": (
        "create table cases_copy as select * from cases;; alter table cases_copy owner to lianxin_owner",
        {
            ("no_policy", "cases_copy"),
            ("no_primary_key", "cases_copy"),
            ("rls_not_forced", "cases_copy"),
            ("rls_off", "cases_copy"),
            ("tenant_nullable", "cases_copy"),
            ("unknown_table", "cases_copy"),
        },
    ),
    "a tenant that may be null": (
        "alter table fact_deltas drop constraint pk_fact_deltas;;"
        "alter table fact_deltas alter tenant_id drop not null",
        {("tenant_nullable", "fact_deltas"), ("no_primary_key", "fact_deltas")},
    ),
    "a unique value of all tenants": (
        "create unique index planted on users (username)",
        {("unique_without_tenant", "planted")},
    ),
    "a key without the tenant in front": (
        "create unique index planted on users (username, tenant_id)",
        {("unique_without_tenant", "planted")},
    ),
    "an index without the tenant in front": (
        "create index planted on cases (due_on)",
        {("index_without_tenant", "planted")},
    ),
    "an index on an expression": (
        "create index planted on cases ((lower(title)))",
        {("index_without_tenant", "planted")},
    ),
    "a number type without leakproof operators in an index": (
        "alter table cases add amount numeric;; create index planted on cases (tenant_id, amount)",
        {("slow_type_in_index", "planted.amount")},
    ),
    "an array in an index": (
        "alter table cases add tags text[];; create index planted on cases (tenant_id, tags)",
        {("slow_type_in_index", "planted.tags")},
    ),
    "an enum in an index": (
        "create type public.mood as enum ('a');; alter table cases add mood mood;;"
        "create index planted on cases (tenant_id, mood)",
        {("slow_type_in_index", "planted.mood")},
    ),
    "a reference that does not pin the tenant": (
        "alter table claims add tenant_of_case bigint;;"
        "alter table claims add constraint planted foreign key (tenant_of_case, case_id) "
        "references cases (tenant_id, id)",
        {("fk_without_tenant", "planted")},
    ),
    "a reference that sets null": (
        "alter table cases add constraint planted foreign key (tenant_id, assignee_id) "
        "references users (tenant_id, id) on delete set null (assignee_id)",
        {("fk_sets_null", "planted")},
    ),
    "a view with its owner's eyes": (
        "create view planted as select * from cases",
        {("definer_view", "planted")},
    ),
    "a materialized view": (
        "create materialized view planted as select * from cases",
        {("materialized_view", "planted")},
    ),
    "a partition": (
        "create table part () inherits (heartbeats);; alter table part add primary key (name)",
        {("missing_tenant_id", "part"), ("partition", "part"), ("unknown_table", "part")},
    ),
    "a trigger": (
        "create trigger planted before insert on cases for each row "
        "execute function suppress_redundant_updates_trigger()",
        {("trigger", "planted")},
    ),
    "a rewrite rule": (
        "create rule planted as on insert to notices do also notify planted",
        {("rewrite_rule", "planted")},
    ),
    "the right to truncate": (
        "grant truncate on cases to lianxin_app",
        {("wide_grant", "cases TRUNCATE")},
    ),
    "a right of everybody": (
        "grant select on cases to public",
        {("grant_to_others", "cases public")},
    ),
    "a right that may be passed on": (
        "grant select on cases to lianxin_app with grant option",
        {("grant_option", "cases SELECT")},
    ),
    "a right on one column": (
        "grant update (hash) on audit_events to lianxin_app",
        {("column_grant", "audit_events.hash")},
    ),
    "the right to change the log": (
        "grant update on audit_events to lianxin_app",
        {("append_only_changed", "audit_events UPDATE")},
    ),
    "the right to delete a letter": (
        "grant delete on letters to lianxin_app",
        {("append_only_changed", "letters DELETE")},
    ),
    "the right to change a letter's act": (
        "grant update on letter_events to lianxin_app",
        {("append_only_changed", "letter_events UPDATE")},
    ),
    "the right to change a paper": (
        "grant update on documents to lianxin_app",
        {("append_only_changed", "documents UPDATE")},
    ),
    "a carrier that reads cases": (
        "grant select on cases to lianxin_rollup",
        {("rollup_reach", "cases SELECT")},
    ),
    "a shared table that the application writes": (
        "grant insert on categories to lianxin_app",
        {("reference_written", "categories INSERT")},
    ),
    "an application role that bypasses": ("alter role lianxin_app bypassrls", {("role_attribute", "lianxin_app")}),
    "a superuser": ("alter role lianxin_rollup superuser", {("role_attribute", "lianxin_rollup")}),
    "an application role that makes roles": (
        "alter role lianxin_app createrole",
        {("role_attribute", "lianxin_app")},
    ),
    "an owner that bypasses": ("alter role lianxin_owner bypassrls", {("owner_attribute", "lianxin_owner")}),
    "membership in the owner": (
        "grant lianxin_owner to lianxin_app",
        {("role_membership", "lianxin_app in lianxin_owner")},
    ),
    "membership in a predefined role": (
        "grant pg_read_all_data to lianxin_app",
        {("role_membership", "lianxin_app in pg_read_all_data")},
    ),
    "a table owned by the application": (
        "alter table notices owner to lianxin_app",
        {("owned_by_login", "notices")},
    ),
    "a schema that the application may build in": (
        "grant create on schema public to lianxin_app",
        {("create_in_schema", "public lianxin_app")},
    ),
    "a database that the application may build in": (
        "do $$ begin execute 'grant temporary on database ' || quote_ident(current_database()) "
        "|| ' to lianxin_app'; end $$",
        {("create_in_database", "lianxin_app")},
    ),
    "a function with its owner's rights": (
        "create function app.planted() returns bigint language sql security definer as 'select 1::bigint'",
        {("security_definer", "planted"), ("unknown_function", "planted")},
    ),
    "a volatile context": ("alter function app.tenant() volatile", {("context_function", "tenant")}),
    "a context that does not fail closed": (
        "create or replace function app.tenant() returns bigint language sql stable parallel safe "
        "as $$ select current_setting('app.tenant', true)::bigint $$",
        {("context_function", "tenant")},
    ),
    "a context in plpgsql": (
        "create or replace function app.tenant() returns bigint language plpgsql stable as "
        "$$ begin return nullif(current_setting('app.tenant', true), '')::bigint; end $$",
        {("context_function", "tenant")},
    ),
    "a forged leakproof mark": (
        "alter function pg_catalog.ts_match_vq(tsvector, tsquery) leakproof",
        {("forged_leakproof", "ts_match_vq")},
    ),
    "a function that claims to leak nothing": (
        "create function public.planted(text) returns boolean language sql immutable leakproof as 'select true'",
        {("forged_leakproof", "planted"), ("unknown_function", "planted")},
    ),
    "a sequence": (
        "create sequence planted;; grant usage on sequence planted to lianxin_app",
        {("sequence", "planted")},
    ),
    "set_config for everybody": (
        "grant execute on function pg_catalog.set_config(text, text, boolean) to public",
        {("set_config_open", "set_config")},
    ),
    "everybody's statements in view": (
        "grant select on pg_catalog.pg_stat_activity to public",
        {("activity_open", "pg_stat_activity")},
    ),
    # Planted by hand, because which extensions could be made differs from server to server.
    "an extension": (
        "set local allow_system_table_mods = on;; insert into pg_extension "
        "(oid, extname, extowner, extnamespace, extrelocatable, extversion) "
        "values (99999, 'planted', 10, 2200, false, '1')",
        {("extension", "planted")},
    ),
    "a way to another server": (
        "create foreign data wrapper planted;; create server planted foreign data wrapper planted",
        {("foreign_server", "planted")},
    ),
    "a schema that nobody planned": ("create schema planted", {("unknown_schema", "planted")}),
}
