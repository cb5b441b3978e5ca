"""`tone.forbidden_word`: the words the shop's own profile does not want to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reply_guards.checks.hit import Hit
from reply_guards.model import Context
from reply_guards.policy import Policy
from reply_guards.text import Reply


def check(reply: Reply, context: Context, _policy: Policy) -> Iterator[Hit]:
    """Every whole-word occurrence of a forbidden word; upper and lower case are the same."""
    for word in context.shop.forbidden_words:
        if not word.strip():
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(word.strip())}(?!\w)", reply.plain, re.IGNORECASE):
            yield Hit("tone.forbidden_word", *reply.plain_span(*match.span()), {"word": word.strip()})
