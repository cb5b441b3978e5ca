-- Full-text search over precedents, past the one thing row-level security breaks.
--
-- `@@` is not leakproof, so under a policy PostgreSQL does not use the GIN index for it and reads all of a tenant's
-- rows. The function below runs as the role `vierklang_search`, which may log in nowhere, may read these two tables
-- and nothing else, and for which a policy lifts the rows' protection; it applies the tenant of the transaction itself,
-- the very setting that the policies read. Nobody can name a tenant to it, and no temporary table can stand in for one
-- of ours: `pg_temp`, searched first unless it is named, is named last.

CREATE TABLE lexeme_shares (lexeme text PRIMARY KEY, share real NOT NULL);
COMMENT ON TABLE lexeme_shares IS
    'Of each frequent lexeme, the share of all precedents that hold it. Row "": the number of rows and the least share.';
ALTER TABLE lexeme_shares ADD COLUMN total bigint;
ALTER TABLE lexeme_shares ENABLE ROW LEVEL SECURITY;
ALTER TABLE lexeme_shares FORCE ROW LEVEL SECURITY;
CREATE POLICY lexeme_shares_searched ON lexeme_shares FOR SELECT TO vierklang_search USING (true);
CREATE POLICY lexeme_shares_kept ON lexeme_shares TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY precedents_searched ON precedents FOR SELECT TO vierklang_search USING (true);
GRANT SELECT ON precedents, lexeme_shares TO vierklang_search;

-- The condition and the score of one search: which of the query's words discriminate, and what each is worth.
-- At most `budget` rows are expected to match: the rarest words one by one (any of them may match), or, where even
-- the rarest is on too many tickets, the rarest together. Words on fewer tickets weigh more (inverse frequency).
CREATE FUNCTION lexical_plan(config regconfig, words text, tenant uuid, budget integer,
                             OUT condition text, OUT score text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rows_total double precision; least real; own real; expected double precision := 0; together double precision;
    word record; chosen text[] := '{}'; weights double precision[] := '{}'; joiner text := ' | ';
BEGIN
    SELECT total, share INTO rows_total, least FROM lexeme_shares WHERE lexeme = '';
    rows_total := coalesce(rows_total, 1000);
    least := coalesce(least, 0.0005);
    SELECT coalesce((SELECT share FROM lexeme_shares WHERE lexeme = 'tenant:' || tenant), least) INTO own;
    together := rows_total * own;
    FOR word IN
        SELECT quote, share FROM (
            SELECT '''' || replace(replace(v.lexeme, '\', '\\'), '''', '''''') || '''' AS quote,
                   coalesce(s.share, least / 2) AS share, v.lexeme
            FROM unnest(to_tsvector(config, words)) v LEFT JOIN lexeme_shares s ON s.lexeme = v.lexeme
        ) w ORDER BY share, length(lexeme) DESC, lexeme LIMIT 12
    LOOP
        IF cardinality(chosen) > 0 AND joiner = ' | ' AND expected + rows_total * own * word.share > budget THEN
            EXIT;
        END IF;
        chosen := chosen || word.quote;
        weights := weights || ln(1 + 1 / word.share);
        expected := expected + rows_total * own * word.share;
        together := together * word.share;
        IF cardinality(chosen) = 1 AND expected > budget THEN
            joiner := ' & ';
        ELSIF joiner = ' & ' AND together <= budget THEN
            EXIT;
        END IF;
    END LOOP;
    IF cardinality(chosen) = 0 THEN
        RETURN;
    END IF;
    condition := quote_literal('tenant:' || tenant) || ' & (' || array_to_string(chosen, joiner) || ')';
    SELECT string_agg(format('CASE WHEN search @@ %L::tsquery THEN %s::real ELSE 0 END', c, round(w::numeric, 3)), ' + ')
    INTO score FROM unnest(chosen, weights) AS u(c, w);
END $$;

-- The statement that `lexical_precedents` runs: also for EXPLAIN.
CREATE FUNCTION lexical_statement(config regconfig, words text, wanted integer) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant uuid := nullif(current_setting('vierklang.tenant', true), '')::uuid;
    plan record;
BEGIN
    SELECT * INTO plan FROM lexical_plan(config, words, tenant, 1200);
    IF tenant IS NULL OR plan.condition IS NULL THEN
        RETURN 'SELECT NULL::uuid, 0::real WHERE false';
    END IF;
    -- A long ticket matches more words by chance than a short one: the usual correction by length. The tenant stands in
    -- the condition, as a lexeme, and again outside: inside, all rows of its B-tree would be read to join both.
    RETURN format(
        'SELECT id, ((%s) / (0.6 + 0.4 * length(search) / 40.0))::real AS score FROM ('
        'SELECT id, search, tenant_id FROM public.precedents WHERE search @@ %L::tsquery '
        'AND available_at <= now() LIMIT 2000) matched WHERE tenant_id = %L ORDER BY 2 DESC, 1 LIMIT %s',
        plan.score, plan.condition, tenant, wanted);
END $$;

CREATE FUNCTION lexical_precedents(config regconfig, words text, wanted integer) RETURNS TABLE (id uuid, score real)
LANGUAGE plpgsql STABLE ROWS 40 SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE lexical_statement(config, words, wanted);
END $$;

-- The plan of the same statement, as the role that runs it.
CREATE FUNCTION explain_lexical(config regconfig, words text, wanted integer) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN ' || lexical_statement(config, words, wanted);
END $$;

GRANT CREATE ON SCHEMA public TO vierklang_search;
GRANT USAGE ON SCHEMA public TO vierklang_search;
ALTER FUNCTION lexical_precedents(regconfig, text, integer) OWNER TO vierklang_search;
ALTER FUNCTION explain_lexical(regconfig, text, integer) OWNER TO vierklang_search;
REVOKE CREATE ON SCHEMA public FROM vierklang_search;
