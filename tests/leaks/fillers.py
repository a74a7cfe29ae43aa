"""Rows of tables that the twins' own services leave empty."""

from __future__ import annotations

#: What no service writes yet in a test of this size, put in by hand for ``east`` before it is copied.
FILLERS = {
    "classifications": "insert into classifications (tenant_id, id, scheme, level1) values (:t, :id, 'own', :mark)",
    "daily_facts": "insert into daily_facts (tenant_id, subject_id, scope, day, category, channel, registered) "
    "values (:t, :t, 0, '2026-02-16', '01', 'visit', 4321)",
    "summed_facts": "insert into summed_facts (tenant_id, subject_id, scope, grain, day, category, channel, "
    "registered) values (:t, :t, 0, 2, '2026-01-01', '*', 'visit', 4321)",
    "summed_lines": "insert into summed_lines (tenant_id, subject_id, scope, until) values (:t, :t, 0, '2026-02-01')",
    "idempotency_keys": "insert into idempotency_keys (tenant_id, user_key, key, request_hash, status, body) "
    "values (:t, 'someone', 'same-key', '\\x00', 201, jsonb_build_object('title', cast(:mark as text)))",
    "letter_cases": "insert into letter_cases (tenant_id, letter_id, case_id) select :t, l.id, c.id "
    "from letters l, cases c where l.tenant_id = :t and l.side = 'recipient' and c.tenant_id = :t "
    "order by l.id desc, c.id limit 1",
    "destructions": "insert into destructions (tenant_id, id, union_id, slug, union_name, reason, manifest_hash, "
    "asked_by, asked_name, asked_at) values (:t, :id, 99, 'gone', :mark, :mark, '\\x00', :id, :mark, now())",
    "invitations": "insert into invitations (tenant_id, id, user_id, token_digest, created_at, expires_at) "
    "select :t, :id, id, '\\x01', now(), now() from users where tenant_id = :t order by username limit 1",
    "document_templates": "insert into document_templates (tenant_id, id, kind, version, title, body, changed_at) "
    "values (:t, :id, 'interview_record', 1, :mark, jsonb_build_array(jsonb_build_object('heading', null, "
    "'text', cast(:mark as text))), now())",
    "suggestion_models": "insert into suggestion_models (tenant_id, target, trained_at, labelled, weights) values "
    "(:t, 'category', now(), 60, jsonb_build_object('classes', jsonb_build_array('01', '02'), 'intercepts', "
    "jsonb_build_array(1, 0), 'terms', jsonb_build_object(cast(:mark as text), jsonb_build_array(1, 1, 0))))",
    "hotspots": "insert into hotspots (tenant_id, id, subject_id, scope, category, found_on, last_on, counted, "
    "hoped, score, evidence, terms, created_at) values (:t, :id, :t, 0, '01', '2026-03-01', '2026-03-01', 19, "
    "6.2, 4.5, :mark, jsonb_build_array(cast(:mark as text)), now())",
    "hotspot_events": "insert into hotspot_events (tenant_id, id, hotspot_id, at, user_name, action, note) "
    "select :t, :id, id, now(), :mark, 'found', :mark from hotspots where tenant_id = :t limit 1",
    "query_codes": "insert into query_codes (tenant_id, case_id, digest, given_at) "
    "select :t, id, uuid_send(id), now() from cases where tenant_id = :t order by id limit 1",
    "case_statements": "insert into case_statements (tenant_id, id, case_id, kind, words, made_at) "
    "select :t, :id, id, 'material', :mark, now() from cases where tenant_id = :t order by id limit 1",
    "case_accused": "insert into case_accused (tenant_id, case_id, user_id, at, ended_at, reason) "
    "select :t, c.id, u.id, now(), now(), :mark from cases c, users u where c.tenant_id = :t and u.tenant_id = :t "
    "order by c.id, u.username limit 1",
    "inbox": "insert into inbox (tenant_id, id) values (:t, :id)",
    "rule_firings": "insert into rule_firings (tenant_id, rule, subject_id, episode, fired_at, outcome) "
    "values (:t, 'hard', :id, 'same', now(), 'reminded')",
    "fact_deltas": "insert into fact_deltas (tenant_id, id, day, category, channel, registered) "
    "values (:t, :id, '2026-03-02', '01', 'visit', 1)",
}
