"""Queries over drafts and outcomes that tell how good replies are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Only the last thing told of a draft counts; row-level security narrows every table to the tenant.
_LAST = """
SELECT DISTINCT ON (o.draft_id) o.draft_id, o.outcome, o.assessment, o.created_at
FROM draft_outcomes o WHERE o.created_at >= :since ORDER BY o.draft_id, o.created_at DESC
"""
_WEEKS = text(f"""
SELECT date_trunc('week', timezone('UTC', l.created_at))::date AS week,
       count(*) FILTER (WHERE l.outcome = 'sent') AS sent, count(*) FILTER (WHERE l.outcome = 'edited') AS edited,
       count(*) FILTER (WHERE l.outcome = 'discarded') AS discarded,
       avg((l.assessment ->> 'edit_effort')::float8) AS effort
FROM ({_LAST}) l GROUP BY 1 ORDER BY 1
""")  # noqa: S608 - our own words
_RULES = text(f"""
SELECT rule, max(severity) AS severity, count(*) FILTER (WHERE place = 'draft') AS drafts,
       count(*) FILTER (WHERE place = 'sent') AS sent
FROM (
    SELECT f ->> 'rule' AS rule, f ->> 'severity' AS severity, 'draft' AS place
    FROM drafts d CROSS JOIN LATERAL jsonb_array_elements(d.answer -> 'findings') f WHERE d.created_at >= :since
    UNION ALL
    SELECT f ->> 'rule', f ->> 'severity', 'sent'
    FROM ({_LAST}) l CROSS JOIN LATERAL jsonb_array_elements(l.assessment -> 'findings') f
) found GROUP BY rule ORDER BY count(*) DESC, rule LIMIT 20
""")  # noqa: S608 - our own words
_RECENT = text(f"""
SELECT l.draft_id, d.ticket_id, d.channel, d.cause, l.outcome, (l.assessment ->> 'edit_effort')::float8, l.created_at
FROM ({_LAST}) l JOIN drafts d ON d.id = l.draft_id ORDER BY l.created_at DESC LIMIT 15
""")  # noqa: S608 - our own words


async def outcomes_by_week(session: AsyncSession, since: datetime) -> list[tuple[date, int, int, int, float | None]]:
    """Week, drafts sent as they were, sent after edits, discarded, mean edit effort."""
    return [tuple(row) for row in await session.execute(_WEEKS, {"since": since})]


async def findings_by_rule(session: AsyncSession, since: datetime) -> list[tuple[str, str, int, int]]:
    """Rule, severity, how often in drafts, how often in what was sent; the most frequent first."""
    return [tuple(row) for row in await session.execute(_RULES, {"since": since})]


async def recent_outcomes(
    session: AsyncSession, since: datetime
) -> list[tuple[str, str | None, str, str, str, float | None, datetime]]:
    """Draft, ticket, channel, cause, outcome, edit effort, moment; the latest first."""
    return [tuple(row) for row in await session.execute(_RECENT, {"since": since})]
