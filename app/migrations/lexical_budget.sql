-- Words sooner: fewer rows are weighed, in doubles, and which words discriminate is asked with plans that are kept.
--
-- Takes the place of the function of the same name in lexical_scores.sql, where the rules it keeps are told. The service
-- plans each statement for the values at hand, which the small lookups within `lexical_plan` never need: that took a
-- quarter of its time. A number written plainly is a numeric, many times slower than a double.

ALTER FUNCTION lexical_plan(regconfig, text, uuid, integer) SET plan_cache_mode = force_generic_plan;

-- The statement that `lexical_precedents` runs: also for EXPLAIN.
CREATE OR REPLACE FUNCTION lexical_statement(config regconfig, words text, wanted integer, near uuid[]) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant uuid := nullif(current_setting('vierklang.tenant', true), '')::uuid;
    plan record;
BEGIN
    SELECT * INTO plan FROM lexical_plan(config, words, tenant, 200);
    IF tenant IS NULL OR plan.condition IS NULL THEN
        RETURN 'SELECT NULL::uuid, 0::real WHERE false';
    END IF;
    -- A long ticket matches more words by chance than a short one: the usual correction by length. The tenant stands in
    -- the condition, as a lexeme, and again outside: inside, all rows of its B-tree would be read to join both. OFFSET 0
    -- keeps the planner from computing the share twice, for the list and for its condition.
    RETURN format(
        'WITH best AS MATERIALIZED (SELECT id, search FROM ('
        'SELECT id, search, tenant_id FROM public.precedents WHERE search @@ %L::tsquery '
        'AND available_at <= now() LIMIT 2000) matched WHERE tenant_id = %L '
        'ORDER BY (%s) / (0.6::float8 + 0.01::float8 * length(search)) DESC, id LIMIT %s) '
        'SELECT id, score FROM (SELECT id, (%s / sqrt(greatest(1, (length(search) - 1) / %s::float8)))::real AS score FROM ('
        'SELECT id, search FROM best UNION ALL SELECT id, search FROM public.precedents p WHERE id = ANY (%L::uuid[]) '
        'AND tenant_id = %L AND available_at <= now() AND NOT EXISTS (SELECT FROM best b WHERE b.id = p.id)) them OFFSET 0) scored '
        'WHERE score > 0',
        plan.condition, tenant, plan.early, wanted, plan.share, plan.lexemes, near, tenant);
END $$;
