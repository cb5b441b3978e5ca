"""`style.*`: what a channel's message may look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from reply_guards.checks.hit import Hit
from reply_guards.model import Context
from reply_guards.policy import Policy
from reply_guards.text import Reply
from reply_guards.unfold import fold_char
from reply_guards.wordlists import data, word_list

_BREAKS = re.compile(r"(?:\r\n|\n|\r)(?:[ \t\u00a0\u200b]{0,20}(?:\r\n|\n|\r)){1,200}")
# Not the euro sign nor arrows and bullets of plain text, which stand in every other reply.
_MAYBE_EMOJI = re.compile(
    r"[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934-\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_TEXT_SYMBOLS = frozenset("©®™‼⁉ℹ↔↕↖↗↘↙↩↪⌨⏏Ⓜ▪▫▶◀◻◼☎☑✔✖✓✗✳✴❇➡⤴⤵⬅⬆⬇〰〽㊗㊙♀♂♾⚠⚖♻")
_EMOTICON = re.compile(r"[:;=<^](?:(?<![<^])[-^o']?[)(DPp3*|/\\]|(?<=<)3|(?<=\^)\^|(?<=:)'\()(?![\w/])")
_EMOTICON_SIGNS = frozenset(":;=<^")
_STARS = re.compile(r"[★⭐✩✮🌟](?:\s?[★⭐☆✩✮🌟\ufe0f]){2,9}")  # a row of them stands for one thing
_GIF_FILE = re.compile(r"\.gif(?<=[^\s.].{4})\b", re.IGNORECASE)
_FILE_NAME = re.compile(r"[^\s.]{1,80}\Z")
_GIF_PLACE = re.compile(r"\[[^\]\n]{0,20}\bgif\b[^\]\n]{0,80}\]|\bgiphy\b|\btenor\.com", re.IGNORECASE)
_STYLE_TAG = re.compile(
    r"</?(?:font|center|marquee|blink|big|small|h[1-6]|style|table|span|div|p|b|i|u|strong|em|s|strike"
    r"|mark|img|ul|ol|li|hr|a|br)\b",
    re.IGNORECASE,
)
# The looks at both sides come after the first letter, so that the search leaps from capital to capital.
_CAPS_WORD = re.compile(r"[A-ZÄÖÜ](?<![^\W_].)(?:[A-ZÄÖÜß]{1,39}(?![^\W_])|(?![^\W_]))")
_WORD = re.compile(r"[^\W\d_]{2}")
_MARKDOWN_STYLE = re.compile(r"(?m)^#{1,6} \S|\*\*[^*\n]{1,200}\*\*|__[^_\n]{1,200}__|```")
_MARKS = frozenset("#*_`")
_ONE_BREAK = re.compile(r"\r\n|\n|\r")
_SHOUTED_RUN = 3
_STRESSED = (["nicht"], ["kein"], ["keine"], ["keinen"], ["not"], ["no"])
_CAPITALS = re.compile("[A-ZÄÖÜ]{3}")
_PUNCTUATION = re.compile(r"[!?](?:[!?]{2,}|(?<=!)!+)")


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
    for match in _PUNCTUATION.finditer(reply.plain):
        yield Hit("style.punctuation", *reply.plain_span(*match.span()), fix=match.group()[0])


def _emoji(reply: Reply) -> Iterator[Hit]:
    for start, end in () if reply.simple else emoji_spans(reply.original):
        yield Hit("style.emoji", start, end, fix="")
    if reply.used.isdisjoint(_EMOTICON_SIGNS):
        return
    for match in _EMOTICON.finditer(reply.plain):
        before = reply.plain[max(0, match.start() - 1) : match.start()]
        if before.isalnum() or before in {"(", "/", ":", "_"}:
            continue
        yield Hit("style.emoticon", *reply.plain_span(*match.span()), fix="")


@cache
def _emoji_sequence() -> Any:  # noqa: ANN401 - a compiled pattern of the library `regex`
    """Emoji as shown, those in a row together: flags, skin tones, joined families.

    `regex` knows Unicode's own classes; `re` does not.
    """
    import regex

    one = r"\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?"
    return regex.compile(rf"(?:\p{{Regional_Indicator}}{{2}})++|(?:{one}(?:\u200d{one})*+)++")


def emoji_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where emoji stand; signs shown as text (©, ™, ✓) count only with an emoji selector behind them."""
    if not _MAYBE_EMOJI.search(text):
        return ()
    spans = (match.span() for match in _emoji_sequence().finditer(text))
    return tuple((a, b) for a, b in spans if "\ufe0f" in text[a:b] or not _TEXT_SYMBOLS.issuperset(text[a:b]))


def _markup(reply: Reply) -> Iterator[Hit]:
    text = reply.original
    yield from _gif(text)
    stars = _STARS.search(text)
    if stars and not reply.quoted(*stars.span()):
        yield Hit("feedback.request", *stars.span())
    styled = next(((s, e) for tag, s, e in reply.chars.tags if _STYLE_TAG.match(tag)), None)
    if styled:
        yield Hit("style.html", *styled)
    if not reply.used.isdisjoint(_MARKS) and (match := _MARKDOWN_STYLE.search(text)):
        yield Hit("style.markdown", *match.span())


def _gif(text: str) -> Iterator[Hit]:
    """The first moving picture: a file's name, or a place where such pictures come from."""
    low = text.lower()
    if not ("gif" in low or "giphy" in low or "tenor" in low):
        return
    spans = []
    if file := _GIF_FILE.search(text):  # sought by its ending: from each letter on it would be sought in vain
        name = _FILE_NAME.search(text, max(0, file.start() - 80), file.start())
        spans.append((name.start() if name else file.start(), file.end()))
    if place := _GIF_PLACE.search(text):
        spans.append(place.span())
    if spans:
        yield Hit("style.gif", *min(spans, key=itemgetter(0)))


def _breaks(reply: Reply, policy: Policy) -> Iterator[Hit]:
    limit = policy.settings.max_line_breaks
    if limit is None:
        return
    end = len(reply.original.rstrip())
    for match in _BREAKS.finditer(reply.original, 0, end):
        found = match.group()
        if len(found) > limit and len(_ONE_BREAK.findall(found)) > limit:
            yield Hit("style.line_breaks", *match.span(), {"limit": str(limit)}, fix="\n" * limit)


def _capitals(reply: Reply, context: Context) -> Iterator[Hit]:
    """Shouting: several words in a row, or one of the words people shout; names, sizes and ids are not."""
    plain = reply.plain
    if not _CAPITALS.search(plain):
        return
    titles = " ".join(context.facts.products).upper() if context.facts else ""
    run: list[re.Match[str]] = []
    shouted: list[list[re.Match[str]]] = []
    for match in [*_CAPS_WORD.finditer(plain), None]:
        if match is None or (run and _WORD.search(plain, run[-1].end(), match.start())):
            if run and _is_shouted([m.group() for m in run]):
                shouted.append(run)
            run = []
        if match and (run or match.end() - match.start() > 1) and match.group() not in titles:
            run.append(match)
    if len(shouted) == 1 and [m.group().lower() for m in shouted[0]] in _STRESSED:
        return  # one "not" in an instruction is stressed, not shouted
    for found in shouted:
        yield Hit("style.capitals", *reply.plain_span(found[0].start(), found[-1].end()))


def _is_shouted(words: list[str]) -> bool:
    low = ["".join(map(fold_char, w)) for w in words]
    if any(w in word_list("shouted") for w in low):
        return True
    if len(words) < _SHOUTED_RUN:
        return False
    return sum(map(_is_small_word, low)) * 3 >= len(words)  # names in capitals hold no small words


@lru_cache(maxsize=2048)
def _is_small_word(word: str) -> bool:
    return any(word in stops for stops in data("languages").values())


def _frame(reply: Reply, context: Context) -> Iterator[Hit]:
    """Greeting and closing, asked of whole messages only."""
    if reply.word_count < 45 or context.channel == "chat":  # noqa: PLR2004 - shorter texts may be parts
        return
    greeting, closings = _frames()
    if not greeting.match(" ".join(reply.folded[:160].split())):
        yield Hit("style.greeting", 0, min(len(reply.original), 1))
    tail = " ".join(reply.folded[-260:].split())
    if not any(stem in tail and (closing is None or closing.search(tail)) for stem, closing in closings):
        yield Hit("style.closing", max(0, len(reply.original) - 1), len(reply.original))


@cache
def _frames() -> tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str] | None], ...]]:
    """How greetings begin; of each closing the letters it cannot be without, and its pattern where it is more."""
    lists = data("words")
    closings = ((c.replace("\\b", ""), c) for c in sorted(lists["closings"], key=lambda c: "\\" in c))
    return re.compile(rf"[^\w]{{0,4}}(?:{'|'.join(lists['greeting_starts'])})\b"), tuple(
        (bare.partition("\\")[0], re.compile(c) if "\\" in c else None) for bare, c in closings
    )
