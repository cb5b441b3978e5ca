"""The full-text half: its plan, whose rows it reads, and which of many words it searches by."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.knowledge.indexes import maintain
from tests.integration.knowledge.support import owner, solved, take_in, tenant_of

_ROWS = """
INSERT INTO precedents (id, tenant_id, external_id, channel, language, problem, reply, resolved_at, search_config)
SELECT gen_random_uuid(), %(tenant)s, 'R-' || i, 'amazon', 'de',
       'paket bestellung ' || CASE WHEN i %% 40 = 0 THEN 'henkel ' ELSE '' END || 'wort' || i, 'r', now(), 'german'
FROM generate_series(1, %(rows)s) i
"""
SEARCH = "SELECT id, score FROM lexical_precedents('german', :words, 40)"


@pytest.fixture(scope="module")
def large(rooms):
    """A tenant with enough rows that the way to them matters, and statistics that know."""
    tenant = uuid.uuid4()
    with owner(rooms) as connection:
        connection.execute("INSERT INTO tenants (id, name) VALUES (%s, 'large')", (tenant,))
        connection.execute(_ROWS, {"tenant": tenant, "rows": 3000})
    maintain(rooms.ready.owner_url)
    yield tenant
    with owner(rooms) as connection:
        connection.execute("DELETE FROM tenants WHERE id = %s", (tenant,))
    maintain(rooms.ready.owner_url)


async def rows(rooms, tenant: uuid.UUID, statement: str, **values: object) -> list[tuple]:
    async with rooms.database.begin(tenant) as session:
        return [tuple(row) for row in await session.execute(text(statement), values)]


async def plan_of(rooms, tenant: uuid.UUID, words: str) -> str:
    told = await rows(rooms, tenant, "SELECT * FROM explain_lexical('german', :words, 40)", words=words)
    return "\n".join(line for (line,) in told)


def condition_of(plan: str) -> str:
    return next(line for line in plan.splitlines() if "@@" in line and ("Cond:" in line or "Filter:" in line))


@pytest.mark.parametrize("words", ["henkel", "wort17", "paket bestellung henkel wort17"])
async def test_the_services_search_uses_the_full_text_index(rooms, large, words):
    """In the plan as the service's role gets it; row-level security would forbid it without the function."""
    plan = await plan_of(rooms, large, words)
    assert "ix_precedents_search" in plan
    assert "Seq Scan" not in plan


async def test_words_on_every_ticket_are_left_out_where_a_rarer_one_is_there(rooms, large):
    """The condition holds the word that discriminates, and not those that all share."""
    plan = await plan_of(rooms, large, "paket bestellung henkel")
    condition = condition_of(plan)
    assert "henkel" in condition
    assert "paket" not in condition
    found = await rows(rooms, large, SEARCH, words="paket bestellung henkel")
    assert len(found) == 40


async def test_only_words_that_all_share_still_find_something(rooms, large):
    """They are asked for together."""
    assert "''paket'' & ''bestell''" in condition_of(await plan_of(rooms, large, "paket bestellung"))
    assert await rows(rooms, large, SEARCH, words="paket bestellung")


async def test_the_plan_chooses_by_planted_shares(rooms, large):
    """Rarest first, until the budget of rows is spent; rare words weigh more; the tenant's own share counts."""
    with owner(rooms) as connection:
        connection.execute("BEGIN; DELETE FROM lexeme_shares")
        planted = [("", 0.001, 1_000_000), ("paket", 0.6, None), ("deckel", 0.01, None), ("kabel", 0.0004, None)]
        for row in [*planted, (f"tenant:{large}", 0.01, None)]:
            connection.execute("INSERT INTO lexeme_shares (lexeme, share, total) VALUES (%s, %s, %s)", row)
        query = "SELECT condition, early, share FROM lexical_plan('german', %s, %s, %s)"
        told = {
            budget: connection.execute(query, ("Paket Deckel Kabel", large, budget)).fetchone()
            for budget in (10_000, 600, 50, 1)
        }
        connection.execute("ROLLBACK")
    assert "'kabel' | 'deckel' | 'paket'" in told[10_000][0]
    assert "'kabel' | 'deckel'" in told[600][0]
    assert "paket" not in told[600][0]
    assert told[50][0].endswith("('kabel')")
    assert told[1][0].endswith("('kabel' & 'deckel')")
    weights = [float(part.split("THEN ")[1].split("::")[0]) for part in told[10_000][1].split(" + ")]
    assert weights == sorted(weights, reverse=True)
    assert all(word in told[50][2] for word in ("kabel", "deckel", "paket"))  # all weigh what few have chosen


async def test_words_weigh_for_what_is_near_though_they_would_not_find_it(rooms, large):
    """A row near by meaning gets the share of its words, which is all of them only where it holds all."""
    some = await rows(rooms, large, "SELECT id, external_id FROM precedents WHERE external_id IN ('R-41', 'R-80')")
    near = [id_ for id_, _ in some]
    search = "SELECT id, score FROM lexical_precedents('german', 'paket bestellung henkel wort80', 1, :near)"
    shares = dict(await rows(rooms, large, search, near=near))
    named = {name: shares[id_] for id_, name in some}
    assert 0 < named["R-41"] < 0.3
    assert named["R-80"] == pytest.approx(1, abs=0.01)


async def test_no_row_of_another_is_weighed(rooms, large, new_tenant):
    """Whoever names the ids."""
    stranger = await tenant_of(rooms, await new_tenant())
    near = [row[0] for row in await rows(rooms, large, "SELECT id FROM precedents LIMIT 5")]
    search = "SELECT id FROM lexical_precedents('german', 'paket', 5, :near)"
    assert await rows(rooms, stranger, search, near=near) == []


@pytest.mark.parametrize(
    "words",
    ["henkel", "tenant:{other} henkel", "'tenant:{other}' | henkel", "henkel') OR true --", "\\' | tenant:{other}",
     "henkel' & 'tenant:{other}", "$${other}$$", "tenant\\:{other}"],
)  # fmt: skip
async def test_another_tenants_rows_are_out_of_reach(rooms, large, new_tenant, words):
    """Whatever the words hold: forged tenant tokens, quotes, backslashes."""
    stranger = await tenant_of(rooms, await new_tenant())
    assert await rows(rooms, stranger, SEARCH, words=words.format(other=large)) == []
    mine = {row[0] for row in await rows(rooms, large, "SELECT id FROM precedents")}
    assert {row[0] for row in await rows(rooms, large, SEARCH, words=words.format(other=stranger))} <= mine


async def test_without_a_tenant_nothing_is_found(rooms, large):
    """A transaction that forgot to say whose it is."""
    async with rooms.database.engine.connect() as connection:
        assert (await connection.execute(text(SEARCH), {"words": "henkel"})).all() == []


async def test_a_temporary_table_cannot_stand_in_for_ours(rooms, client, large):
    """The function that reads past the protection resolves no name to what its caller made."""
    async with rooms.database.begin(large) as session:
        await session.execute(
            text("CREATE TEMP TABLE lexeme_shares (lexeme text, share real, total bigint) ON COMMIT DROP")
        )
        await session.execute(text("INSERT INTO lexeme_shares VALUES ('', 0.5, 1), ('henkel', 0.9999, null)"))
        plan = (await session.execute(text("SELECT * FROM explain_lexical('german', 'paket henkel', 40)"))).scalars()
        assert "'paket'" not in condition_of("\n".join(plan))


async def test_the_services_role_reads_neither_shares_nor_others_rows_itself(rooms, large):
    """It may call the function, and not become the role that owns it."""
    assert await rows(rooms, large, "SELECT * FROM lexeme_shares") == []
    with pytest.raises(DBAPIError, match="permission denied"):
        await rows(rooms, large, "SET ROLE vierklang_search")


async def test_what_is_in_quarantine_is_not_found(rooms, client):
    """Not before its time."""
    await take_in(rooms, client, solved("Q-1"))
    tenant = await tenant_of(rooms, client)
    assert await rows(rooms, tenant, SEARCH, words="Teekanne")
    with owner(rooms) as connection:
        connection.execute(
            "UPDATE precedents SET available_at = now() + interval '1 day' WHERE tenant_id = %s", (tenant,)
        )
    assert await rows(rooms, tenant, SEARCH, words="Teekanne") == []
