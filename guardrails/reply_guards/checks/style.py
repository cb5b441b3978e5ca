"""`style.*`: what a channel's message may look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from reply_guards.checks.hit import Hit
from reply_guards.model import Context
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.unfold import fold_char
from reply_guards.wordlists import data, word_list

_BREAKS = re.compile(r"(?:\r\n|\n|\r)(?:[ \t\u00a0\u200b]{0,20}(?:\r\n|\n|\r)){1,200}")
_MAYBE_EMOJI = re.compile(r"[\u203c-\u3299\U0001f000-\U0001faff\u00a9\u00ae]")
_TEXT_SYMBOLS = frozenset("©®™‼⁉ℹ↔↕↖↗↘↙↩↪⌨⏏Ⓜ▪▫▶◀◻◼☎☑✔✖✓✗✳✴❇➡⤴⤵⬅⬆⬇〰〽㊗㊙♀♂♾⚠⚖♻")
_EMOTICON = re.compile(r"(?:[:;=][-^o']?[)(DPp3*|/\\]|<3|\^\^|:'\()(?![\w/])")
_GIF = re.compile(r"[^\s.]{1,80}\.gif\b|\bgiphy\b|\btenor\.com", re.IGNORECASE)
_STYLE_TAG = re.compile(
    r"</?(?:font|center|marquee|blink|big|small|h[1-6]|style|table|span|div|p|b|i|u|strong|em|s|strike|mark|img|ul|ol|li|hr|a|br)\b",
    re.IGNORECASE,
)
_CAPS_WORD = re.compile(r"[A-ZÄÖÜ][A-ZÄÖÜß]+(?:-[A-ZÄÖÜ]+)?")
_WORD = re.compile(r"[^\W\d_]{2,40}")
_MARKDOWN_STYLE = re.compile(r"(?m)^#{1,6} \S|\*\*[^*\n]{1,200}\*\*|__[^_\n]{1,200}__|```")
_MARKS = frozenset("#*_`")
_SHOUTED_RUN = 3
_CAPITALS = re.compile("[A-ZÄÖÜ]{3}")
_MARKED_TWICE = re.compile("[!?]{2}")
_PUNCTUATION = re.compile(r"[!?]{3,}|!{2,}")


def check(reply: Reply, context: Context, policy: Policy) -> Iterator[Hit]:
    """How the message looks; what it says is others' business."""
    yield from _emoji(reply)
    yield from _markup(reply)
    yield from _breaks(reply, policy)
    yield from _capitals(reply, context)
    yield from _frame(reply, context)
    limit = policy.settings.max_characters
    if limit is not None and len(reply.original) > limit:
        yield Hit("style.length", limit, len(reply.original), {"limit": str(limit), "length": str(len(reply.original))})
    for match in _PUNCTUATION.finditer(reply.plain) if _MARKED_TWICE.search(reply.plain) else ():
        yield Hit("style.punctuation", *reply.plain_span(*match.span()), fix=match.group()[0])


def _emoji(reply: Reply) -> Iterator[Hit]:
    for start, end in emoji_spans(reply.original):
        yield Hit("style.emoji", start, end, fix="")
    for match in _EMOTICON.finditer(reply.plain):
        before = reply.plain[max(0, match.start() - 1) : match.start()]
        if before.isalnum() or before in {"(", "/", ":", "_"}:
            continue
        yield Hit("style.emoticon", *reply.plain_span(*match.span()), fix="")


@lru_cache(maxsize=256)
def emoji_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where emoji stand; signs shown as text (©, ™, ✓) count only with an emoji selector behind them."""
    if not _MAYBE_EMOJI.search(text):
        return ()
    import emoji

    spans = []
    for found in emoji.emoji_list(text):
        start, end = int(found["match_start"]), int(found["match_end"])
        keycap = text[start].isascii()
        if keycap or (text[start] in _TEXT_SYMBOLS and "\ufe0f" not in text[start : end + 1]):
            continue
        spans.append((start, end))
    return tuple(spans)


def _markup(reply: Reply) -> Iterator[Hit]:
    low = reply.original.lower()
    gif = _GIF.search(reply.original) if ".gif" in low or "giphy" in low or "tenor" in low else None
    if gif:
        yield Hit("style.gif", *gif.span())
    styled = [(s, e) for tag, s, e in reply.chars.tags if _STYLE_TAG.match(tag)]
    if styled:
        yield Hit("style.html", styled[0][0], styled[0][1])
    if (_MARKS & set(low)) and (match := _MARKDOWN_STYLE.search(reply.original)):
        yield Hit("style.markdown", *match.span())


def _breaks(reply: Reply, policy: Policy) -> Iterator[Hit]:
    limit = policy.settings.max_line_breaks
    if limit is None:
        return
    for match in _BREAKS.finditer(reply.original):
        if len(re.findall(r"\r\n|\n|\r", match.group())) > limit and match.end() < len(reply.original.rstrip()):
            yield Hit("style.line_breaks", *match.span(), {"limit": str(limit)}, fix="\n" * limit)


def _capitals(reply: Reply, context: Context) -> Iterator[Hit]:
    """Shouting: several words in a row, or one of the words people shout; names, sizes and ids are not."""
    plain = reply.plain
    if not _CAPITALS.search(plain):
        return
    titles = " ".join(context.facts.products).upper() if context.facts else ""
    run: list[re.Match[str]] = []
    for match in [*_WORD.finditer(plain), None]:
        word = match.group() if match else ""
        if match and (_CAPS_WORD.fullmatch(word) or (run and len(word) == 1)) and word not in titles:
            run.append(match)
            continue
        if run and _is_shouted([m.group() for m in run]):
            yield Hit("style.capitals", *reply.plain_span(run[0].start(), run[-1].end()))
        run = []


def _is_shouted(words: list[str]) -> bool:
    low = ["".join(map(fold_char, w)) for w in words]
    if any(w in word_list("shouted") for w in low):
        return True
    common = sum(any(w in stops for stops in data("languages").values()) for w in low)
    return len(words) >= _SHOUTED_RUN and common * 3 >= len(words)  # names in capitals hold no small words


def _frame(reply: Reply, context: Context) -> Iterator[Hit]:
    """Greeting and closing, asked of whole messages only."""
    if reply.word_count < 45 or context.channel == "chat":  # noqa: PLR2004 - shorter texts may be parts
        return
    greeting, closing = _frames()
    if not greeting.match(" ".join(reply.folded[:160].split())):
        yield Hit("style.greeting", 0, min(len(reply.original), 1))
    if not closing.search(" ".join(reply.folded[-260:].split())):
        yield Hit("style.closing", max(0, len(reply.original) - 1), len(reply.original))


@cache
def _frames() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lists = data("words")
    starts, ends = "|".join(lists["greeting_starts"]), "|".join(lists["closings"])
    return re.compile(rf"[^\w]{{0,4}}(?:{starts})\b"), re.compile(rf"(?:{ends})")
