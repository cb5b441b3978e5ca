"""Safe repairs: what code may change in a reply without changing what it says to the customer.

Sentences that ask for stars or advertise are dropped, emoji and extra line breaks removed. A foreign link gives way to
the ticket's own tracking link or the marketplace's page for the same matter, or goes with the sentence that offers it.
Whatever is repaired is reviewed again by the caller.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache

from reply_guards.model import Context, Finding
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.wordlists import data

Edit = tuple[int, int, str]
_LOOKED_BACK = 400  # characters in front of a word that decide whether it begins a sentence


def repaired(reply: Reply, findings: Iterable[Finding], policy: Policy, context: Context) -> str | None:
    """The text with all safe repairs made, or None where there is none or nothing sensible would be left."""
    edits = [edit for f in findings if (edit := _edit(reply, f, policy, context)) is not None]
    if not edits:
        return None
    text = _apply(reply.original, edits)
    tidy = re.sub(r"[ \t]{1,20}\n", "\n", re.sub(r"(?<=\S)[ \t]{2,20}(?=\S)", " ", text))
    tidy = re.sub(r"\n{3,200}", "\n\n", tidy).strip()
    return tidy if len(re.findall(r"\w+", tidy)) >= 3 and tidy != reply.original else None  # noqa: PLR2004 - a rest worth sending


def _edit(reply: Reply, finding: Finding, policy: Policy, context: Context) -> Edit | None:
    rule = policy.rules.get(finding.rule)
    kind = rule.fix if rule else None
    if finding.fix is not None:
        return finding.start, finding.end, finding.fix
    if kind == "drop":
        return finding.start, finding.end, ""
    if kind == "replace_link" and (page := _own_page(reply, finding, policy, context)):
        return finding.start, finding.end, page
    if kind in {"drop_sentence", "replace_link"}:
        return _sentence_span(reply, finding)
    if kind == "lower":
        return finding.start, finding.end, _lowered(reply, finding)
    return None


def _own_page(reply: Reply, finding: Finding, policy: Policy, context: Context) -> str | None:
    """The allowed page for what the sentence around a link is about."""
    about = _topics_around(reply, finding)
    if "tracking" in about and policy.settings.tracking_links and context.facts and context.facts.tracking_url:
        return context.facts.tracking_url
    market = data("marketplaces")["marketplaces"].get(policy.settings.marketplace or "", {})
    domain = (context.marketplace or "").lower()
    pages: dict[str, str] = market.get("pages", {}) if domain in market.get("domains", ()) else {}
    return next((f"https://www.{domain}{page}" for topic, page in pages.items() if topic in about), None)


def _topics_around(reply: Reply, finding: Finding) -> set[str]:
    """What the sentences a finding touches are about. Each is looked at once, however many links stand in it."""
    known: dict[int, set[str]] = reply.remembered("link_topics", lambda _: {})
    touched = _touched(reply, finding)
    for index in touched:
        if index not in known:
            sentence = reply.sentences[index].text
            known[index] = {topic for topic, stems in _link_topics().items() if stems.search(sentence)}
    return set().union(*(known[index] for index in touched))


@cache
def _link_topics() -> dict[str, re.Pattern[str]]:
    """Of each page that may stand for a foreign link: how the words begin that speak of its matter."""
    topics = data("marketplaces")["link_topics"]
    return {topic: re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, stems))})") for topic, stems in topics.items()}


def _touched(reply: Reply, finding: Finding) -> range:
    """The numbers of the sentences a finding touches."""
    spans = reply.remembered("sentence_spans", _sentence_spans)
    first = bisect_right(spans, finding.start, key=lambda span: span[1])
    return range(first, bisect_left(spans, finding.end, key=lambda span: span[0]))


def _sentence_span(reply: Reply, finding: Finding) -> Edit | None:
    """The sentences the finding touches, with the blank behind them."""
    touched = _touched(reply, finding)
    if not touched:
        return None
    spans = reply.remembered("sentence_spans", _sentence_spans)
    start, end = spans[touched[0]][0], spans[touched[-1]][1]
    while end < len(reply.original) and reply.original[end] in " \t":
        end += 1
    return start, end, ""


def _sentence_spans(reply: Reply) -> list[tuple[int, int]]:
    return [reply.span(s.start, s.end) for s in reply.sentences]


def _lowered(reply: Reply, finding: Finding) -> str:
    text = reply.original[finding.start : finding.end].lower()
    before = reply.original[max(0, finding.start - _LOOKED_BACK) : finding.start].rstrip()
    return text[:1].upper() + text[1:] if not before or before[-1] in ".!?:\n" else text


def _apply(text: str, edits: list[Edit]) -> str:
    pieces, last = [], 0
    for start, end, new in sorted(edits, key=lambda e: (e[0], -e[1])):
        if start < last:
            last = max(last, end) if not new else last
            continue
        pieces += [text[last:start], new]
        last = end
    return "".join([*pieces, text[last:]])
