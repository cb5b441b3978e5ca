-- Words as a share: of the weight of all the words of a query, how much does a precedent hold?
--
-- Takes the place of the functions of the same names in lexical_search.sql, where the rules they keep are told. New: the
-- few rare words only choose the rows; all words then weigh the rows chosen, and also those that the caller found near by
-- meaning, which no list of forty by words may hold. So a smaller budget of rows finds more.

DROP FUNCTION explain_lexical(regconfig, text, integer);
DROP FUNCTION lexical_precedents(regconfig, text, integer);
DROP FUNCTION lexical_statement(regconfig, text, integer);
DROP FUNCTION lexical_plan(regconfig, text, uuid, integer);

-- The condition of one search, what orders the rows it finds, and the share of the query's words in a row.
-- At most `budget` rows are expected to match: the rarest words one by one (any of them may match), or, where even
-- the rarest is on too many tickets, the rarest together. Words on fewer tickets weigh more (inverse frequency).
CREATE FUNCTION lexical_plan(config regconfig, words text, tenant uuid, budget integer,
                             OUT condition text, OUT early text, OUT share text, OUT lexemes integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rows_total double precision; least real; own real; expected double precision := 0; together double precision;
    word record; chosen text[] := '{}'; known text[] := '{}'; weights double precision[] := '{}'; joiner text := ' | ';
    choosing boolean := true;
BEGIN
    SELECT s.total, s.share INTO rows_total, least FROM lexeme_shares s WHERE lexeme = '';
    rows_total := coalesce(rows_total, 1000);
    least := coalesce(least, 0.0005);
    SELECT coalesce((SELECT s.share FROM lexeme_shares s WHERE lexeme = 'tenant:' || tenant), least) INTO own;
    together := rows_total * own;
    FOR word IN
        SELECT quote, w.share FROM (
            SELECT '''' || replace(replace(v.lexeme, '\', '\\'), '''', '''''') || '''' AS quote,
                   coalesce(s.share, least / 2) AS share, v.lexeme
            FROM unnest(to_tsvector(config, words)) v LEFT JOIN lexeme_shares s ON s.lexeme = v.lexeme
        ) w ORDER BY w.share, length(lexeme) DESC, lexeme LIMIT 32
    LOOP
        known := known || word.quote;
        weights := weights || ln(1 + 1 / word.share);
        IF choosing AND cardinality(chosen) > 0 AND joiner = ' | '
           AND (expected + rows_total * own * word.share > budget OR cardinality(chosen) = 12) THEN
            choosing := false;
        END IF;
        CONTINUE WHEN NOT choosing;
        chosen := chosen || word.quote;
        expected := expected + rows_total * own * word.share;
        together := together * word.share;
        IF cardinality(chosen) = 1 AND expected > budget THEN
            joiner := ' & ';
        ELSIF joiner = ' & ' AND (together <= budget OR cardinality(chosen) = 12) THEN
            choosing := false;
        END IF;
    END LOOP;
    IF cardinality(chosen) = 0 THEN
        RETURN;
    END IF;
    condition := quote_literal('tenant:' || tenant) || ' & (' || array_to_string(chosen, joiner) || ')';
    lexemes := cardinality(known);
    SELECT string_agg(term, ' + ' ORDER BY place), string_agg(term, ' + ' ORDER BY place) FILTER (WHERE place <= cardinality(chosen))
    INTO share, early FROM (
        SELECT format('CASE WHEN search @@ %L::tsquery THEN %s::real ELSE 0 END', k, round(w::numeric, 3)) AS term, place
        FROM unnest(known, weights) WITH ORDINALITY AS u(k, w, place)) terms;
    share := format('(%s) / %s', share, (SELECT sum(round(w::numeric, 3)) FROM unnest(weights) w));
END $$;

-- The statement that `lexical_precedents` runs: also for EXPLAIN.
CREATE FUNCTION lexical_statement(config regconfig, words text, wanted integer, near uuid[]) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant uuid := nullif(current_setting('vierklang.tenant', true), '')::uuid;
    plan record;
BEGIN
    SELECT * INTO plan FROM lexical_plan(config, words, tenant, 400);
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
        'ORDER BY (%s) / (0.6 + 0.4 * length(search) / 40.0) DESC, id LIMIT %s) '
        'SELECT id, score FROM (SELECT id, (%s / sqrt(greatest(1, (length(search) - 1) / %s::float8)))::real AS score FROM ('
        'SELECT id, search FROM best UNION ALL SELECT id, search FROM public.precedents p WHERE id = ANY (%L::uuid[]) '
        'AND tenant_id = %L AND available_at <= now() AND NOT EXISTS (SELECT FROM best b WHERE b.id = p.id)) them OFFSET 0) scored '
        'WHERE score > 0',
        plan.condition, tenant, plan.early, wanted, plan.share, plan.lexemes, near, tenant);
END $$;

-- 0…1 for each precedent that shares words with the query: the `wanted` best by words, and those of `near` that do.
CREATE FUNCTION lexical_precedents(config regconfig, words text, wanted integer, near uuid[] DEFAULT '{}')
RETURNS TABLE (id uuid, score real)
LANGUAGE plpgsql STABLE ROWS 80 SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE lexical_statement(config, words, wanted, near);
END $$;

-- The plan of the same statement, as the role that runs it.
CREATE FUNCTION explain_lexical(config regconfig, words text, wanted integer, near uuid[] DEFAULT '{}')
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN ' || lexical_statement(config, words, wanted, near);
END $$;

GRANT CREATE ON SCHEMA public TO vierklang_search;
ALTER FUNCTION lexical_precedents(regconfig, text, integer, uuid[]) OWNER TO vierklang_search;
ALTER FUNCTION explain_lexical(regconfig, text, integer, uuid[]) OWNER TO vierklang_search;
REVOKE CREATE ON SCHEMA public FROM vierklang_search;
