"""Names of people the row does not tell, by where they stand and by lists of names.

A title, a greeting, a signature or words like 'my husband' say that a name follows, so names on no list are found there
too. Anywhere else only what is on a list of names counts, and only where it is no other word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from app.knowledge.redaction.lists import PLAIN, SMALL, brands, cues, kind_of, names
from app.knowledge.redaction.model import Span
from app.knowledge.redaction.standing import follows_title
from app.knowledge.redaction.words import Words

_NOUN_LIKE = re.compile(
    r".{3,}(?:ung|ungen|heit|keit|schaft|tion|tionen|taet|chen|ment|nummer|service|team|dienst|support|shop|karte|"
    r"geld|zeit|teile?"
    r"|maschine|kasten|box|set|stueck|adresse|datum|geraet|kosten|preis|sendung|lieferung|bestellung|rechnung|paket)"
)
_LINK = re.compile(r"[ \t]{1,2}|[ \t]?-[ \t]?|['’]|\.[ \t]{0,2}")
_GREETED = re.compile(r"\s{0,2}(?:[,!.;:\n–—]|$)|\s-")
_CLOSING = re.compile(
    r"(?<!\w)(?:(?:mit )?(?:freundlich|best|lieb|viel|herzlich|schön|schoen|nett|sonnig|vorzüglich)(?:en|e|em|er|"
    r"sten|ste|lichen)?"
    r"(?: und (?:freundlich|best|lieb|herzlich)(?:en|e|em))?"
    r" (?:gr(?:ü|ue|u)(?:ß|ss)(?:en|e|le)?|wünsche(?:n)?)(?: aus(?: de[rm])? [^\W\d_]{2,20})?|gr(?:ü|ue)(?:ß|"
    r"ss)(?:e|le)?|gruß|gruss|lg|vg|mfg|glg|vlg|hg|bg|lieben gruß"
    r"|(?:best|kind|kindest|warm|warmest|many)? ?regards|best wishes|all the best|(?:yours )?(?:sincerely|"
    r"faithfully|truly|respectfully)(?: yours)?"
    r"|cheers|xoxo|hochachtungsvoll|tschüss|ciao|tsch(?:ü|ue)(?:ß|ss)|bis bald)(?!\w)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?<!\w)(?:(?:many |vielen |besten |herzlichen )?(?:thanks|thank you|danke|dank)(?: again| so much| a lot|"
    r" schön| im voraus| in advance| vorab)?|best|love|yours)"
    r"[ \t]{0,2}[,.!–-]{0,3}[ \t]{0,2}(?=\n)|(?:thanks|thank you|danke)(?: again| so much|"
    r" schön)?,(?= [A-ZÄÖÜ][\w-]+\s*$)",
    re.IGNORECASE,
)
_NAME_FOLLOWS = re.compile(
    r"(?<!\w)(?:(?:mein|ihr|sein|der|unser) (?:voller |vollständiger )?(?:vor|nach|familien)?name (?:ist|lautet|"
    r"war)|ich hei(?:ß|ss)e|my (?:full |first |last |maiden )?name(?: is|['’]s)"
    r"|(?:vor-? ?und nach|vor|nach|familien|kunden|first |last |full |customer |recipient )?name\s?:|"
    r"empfänger(?:in)?(?:\s?:| ist| war)|recipient\s?:"
    r"|(?:konto|karten)?inhaber(?:in)?\s?:|account ?holder(?: is|\s?:)|z\. ?hd\.?(?: v\.)?|zu händen(?: von)?|c/o|"
    r"attn\.?:?|gez\.|i\. ?a\.|i\. ?v\. "
    r"|signed (?:for )?by|received by|spoke (?:to|with)|talked (?:to|with)|speaking (?:to|with)|"
    r"(?:unter(?:schrieben|zeichnet)|quittiert|angenommen|entgegengenommen) von"
    r"|(?:telefoniert|gesprochen|gechattet) mit|regards from|grüße von|grüsse von|(?:auf|unter|under|in) (?:den|"
    r"dem|the) name[ns]?(?: of)?|namens|ordered by|deliver(?:ed)? to|left with|abgegeben bei"
    r"|an:|to:|from:|von:|kontakt:|kundin:|kunde:|customer:|besteller(?:in)?:|buyer:|käufer(?:in)?:)\s{0,3}",
    re.IGNORECASE,
)
_ALSO_LISTED = re.compile(
    r"(?<!\w)(?:ich bin(?: die| der)?|i['’]?m|i am|this is|it['’]s|hier (?:ist|spricht|schreibt)|here is)\s{1,2}",
    re.IGNORECASE,
)
_MOST = 4
_INITIALS = 2  # letters: "P.", "Th."
_LEAST_SMALL = 4  # letters of a name written small: shorter ones are words of some language
_AT_ONCE = 24
_MONTHS = frozenset(["jan", "april", "may", "june", "juni", "juli", "august"])


class People:
    """Finds people in one text; what it found is taken once."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.first, self.last = names("first_names"), names("last_names")
        self.telling = _telling()
        self.guarded = _branded(words)

    def find(self) -> Iterator[Span]:
        """Spans of names, some of them found twice."""
        words = self.words
        for i in [i for i, folded in enumerate(words.folds) if folded in self.telling]:
            folded = words.folds[i]
            if folded in cues("titles"):
                yield from self._titled(i)
            if folded in cues("greetings"):
                yield from self._greeted(i)
            if folded in cues("relations"):
                yield from self._related(i)
            if folded in self.first or folded in self.last:
                yield from self._listed(i)
        yield from self._introduced()

    def _introduced(self) -> Iterator[Span]:
        """Names behind a phrase that says so."""
        words = self.words
        for pattern in (_CLOSING, _THANKS):
            for cue in self._cues(pattern, cues("closing_openers")):
                yield from self._signed(cue)
        for cue in self._cues(_NAME_FOLLOWS, cues("name_openers")):
            yield from self._run(self._word_at(cue.end()), strict=False)
        for cue in self._cues(_ALSO_LISTED, cues("self_openers")):
            at = self._word_at(cue.end())
            opens = (
                not words.text[max(0, cue.start() - 20) : cue.start()].rpartition("\n")[2].strip(" ,.!")
                or cue.start() < _AT_ONCE
            )
            if opens and self._is_unlisted(at) and self._is_unlisted(at + 1) and _GREETED.match(words.after(at + 1)):
                yield from self._run(at, strict=False)
            if self._is_name(at) and (
                kind_of(words.folds[at]) == PLAIN
                or (words.is_capital(at) and (kind_of(words.folds[at]) == SMALL or self._is_name(at + 1)))
            ):
                yield from self._run(at, strict=True)

    def _cues(self, pattern: re.Pattern[str], openers: frozenset[str]) -> Iterator[re.Match[str]]:
        """The pattern's matches at the words that can open it: to try everywhere costs ten times as much."""
        for start in self.words.starting(openers):
            if cue := pattern.match(self.words.text, start):
                yield cue

    def _word_at(self, place: int) -> int:
        """The first word that starts at a place or up to three signs behind it."""
        from bisect import bisect_left

        at = bisect_left(self.words.starts, place)
        return at if at < len(self.words) and self.words.starts[at] <= place + 3 else len(self.words)

    def _titled(self, i: int) -> Iterator[Span]:
        words, at = self.words, i + 1
        at += self._titles(at)
        if at >= len(words) or not follows_title(words, at) or words.folds[at] in cues("title_next"):
            return
        if (
            words.folds[i] in {"fr", "hr", "fam", "ms", "mr", "mrs", "miss", "mx"}
            and not words.is_capital(i)
            and words.styled
        ):
            return
        if not words.styled and words.folds[i] in {"frau", "familie", "herr", "fr"} and kind_of(words.folds[at]) == 2:  # noqa: PLR2004
            return
        yield from self._run(at, strict=not words.styled)

    def _greeted(self, i: int) -> Iterator[Span]:
        words = self.words
        if not self._opens_greeting(i):
            return
        at = i + 1
        if at < len(words) and not words.gap(at).strip() and self._could_be(at):
            folded = words.folds[at]
            end = self._end(at, strict=False)
            closed = bool(_GREETED.match(words.after(end))) or words.folds[end + 1 : end + 2] in (["und"], ["and"])
            listed = folded in self.first or folded in self.last
            if (listed and (closed or kind_of(folded) == PLAIN)) or (
                closed and (words.is_capital(at) and words.styled)
            ):
                yield Span(words.starts[at], words.ends[end], "person")
                if words.folds[end + 1 : end + 2] in (["und"], ["and"]) and self._is_name(end + 2):
                    yield from self._run(end + 2, strict=True)

    def _opens_greeting(self, i: int) -> bool:
        words = self.words
        if words.opens(i):
            return words.folds[i] not in {"tag", "morgen", "abend", "afternoon", "evening", "day", "gott"}
        before = words.folds[i - 1]
        return before in {"guten", "gute", "gruess", "good", "sehr", "hallo", "hi", "hey", "oh", "na"} or words.gap(
            i
        ).strip() in {",", "-", "–"}

    def _related(self, i: int) -> Iterator[Span]:
        """As in 'my husband Peter', 'Ihre Mitarbeiterin Frau Vogt', 'mein Nachbar, Herr Kunz'."""
        at, words = i + 1, self.words
        if at >= len(words) or words.gap(at).strip() not in {"", ",", ":", "(", "namens"} or "\n" in words.gap(at):
            return
        if not self._is_name(at):
            # English writes only names with a capital; German writes 'Nachbar' itself with one.
            if words.styled and not words.is_capital(i) and not words.gap(at).strip() and self._is_unlisted(at):
                yield from self._run(at, strict=False)
            return
        if not words.is_capital(at) and kind_of(words.folds[at]) != PLAIN:
            return
        if words.gap(at).strip() == "," and kind_of(words.folds[at]) != PLAIN:
            return
        if words.folds[i] in {"frau", "familie"} and words.is_capital(i) is False and words.styled:
            return
        yield from self._run(at, strict=True)

    def _listed(self, i: int) -> Iterator[Span]:
        words = self.words
        folded, kind = words.folds[i], kind_of(words.folds[i])
        if (
            i in self.guarded
            or self._is_product(i)
            or (folded in _MONTHS and words.folds[i + 1 : i + 2] and words.folds[i + 1].isdigit())
        ):
            return
        if not words.styled or not words.is_capital(i):
            if (
                kind == PLAIN
                and folded in self.first
                and self._is_plain_last(i + 1)
                and _LINK.fullmatch(words.gap(i + 1))
            ):
                yield Span(words.starts[i], words.ends[i + 1], "person")
            elif not words.styled and kind == PLAIN and folded in self.first and len(folded) >= _LEAST_SMALL:
                yield Span(words.starts[i], words.ends[i], "person")
            return
        if kind == PLAIN or self._alone_is_name(i, kind) or self._pair(i):
            start = i
            if folded in self.last and i and self._extends_left(i - 1) and _LINK.fullmatch(words.gap(i)):
                start = i - 1
            yield Span(words.starts[start], words.ends[self._end(i, strict=True)], "person")

    def _alone_is_name(self, i: int, kind: int) -> bool:
        words = self.words
        if kind == SMALL or words.folds[i] in cues("plain_names"):
            first, last = words.line(i)
            if first == last == i and len(words) > 1 and words.folds[i] in self.first and not words.after(i).strip():
                return True
            return (
                words.folds[i] in cues("plain_names")
                and not words.opens(i)
                and words.folds[i - 1] not in cues("determiners")
            )
        return False

    def _pair(self, i: int) -> bool:
        """A first name that is also a word, before a last name: 'Mark Smith', 'Rose Kowalski', 'Klein, Anna'."""
        words = self.words
        nxt = i + 1
        if (
            nxt >= len(words)
            or not words.is_capital(nxt)
            or not _LINK.fullmatch(words.gap(nxt))
            or words.folds[i] not in self.first
        ):
            return False
        if words.folds[nxt] in cues("ordinary") or nxt in self.guarded or self._is_joined(nxt):
            return False
        plain_last = self._is_plain_last(nxt)
        return plain_last or (words.folds[i] in cues("plain_names") and words.folds[nxt] in self.last)

    def _is_plain_last(self, i: int) -> bool:
        if i >= len(self.words):
            return False
        folded = self.words.folds[i]
        return folded in self.last and kind_of(folded) == PLAIN

    def _is_joined(self, i: int) -> bool:
        return self.words.after(i)[:1] == "-"

    def _extends_left(self, i: int) -> bool:
        words, folded = self.words, self.words.folds[i]
        if len(folded) <= _INITIALS and words.is_capital(i) and folded not in cues("titles"):
            return words.gap(i + 1).startswith(".")
        if not words.is_capital(i) or i in self.guarded or folded in cues("titles") or len(folded) < 2:  # noqa: PLR2004
            return False
        if folded in self.first:
            return True
        return (
            not words.opens(i)
            and kind_of(folded) == PLAIN
            and not _NOUN_LIKE.fullmatch(folded)
            and folded not in cues("not_people")
        )

    def _is_product(self, i: int) -> bool:
        """A model called like a person ('Modell Emma', 'Emma-Matratze'), or a firm ('Meyer GmbH')."""
        words = self.words
        if (
            i
            and words.folds[i - 1] in cues("before_products")
            and words.gap(i).strip() in {"", '"', "„", "“", "'", ":"}
        ):
            return True
        if words.folds[i + 1 : i + 2] in (["gmbh"], ["ag"], ["kg"], ["ltd"], ["inc"], ["llc"], ["se"], ["ohg"]):
            return True
        quoted = words.gap(i)[-1:] in {'"', "„", "“", "»", "‚"} and words.after(i)[:1] in {'"', "“", "”", "«", "‘"}
        joined = words.after(i)[:1] == "-" and i + 1 < len(words) and not self._is_name(i + 1)
        return (
            quoted
            or joined
            or (words.gap(i)[-1:] == "-" and i > 0 and not self._is_name(i - 1) and kind_of(words.folds[i]) == PLAIN)
        )

    def _signed(self, cue: re.Match[str]) -> Iterator[Span]:
        """What stands behind a closing phrase, up to two lines of it."""
        words, at = self.words, self._word_at(cue.end())
        at = at if at < len(words) else self._next_line(cue.end())
        if at >= len(words) or not self._could_be(at, listed=not words.styled):
            return
        end = self._end(at, strict=False)
        alone = bool(re.match(r"\s{0,2}(?:[,!.\n(|–-]|$)", words.after(end)))
        if alone or self._is_name(at):
            yield Span(words.starts[at], words.ends[end], "person")

    def _next_line(self, place: int) -> int:
        from bisect import bisect_left

        gap = re.compile(r"[ \t]*[,.!–-]{0,3}(?:\s{0,8})").match(self.words.text, place)
        at = bisect_left(self.words.starts, gap.end() if gap else place)
        return at if at < len(self.words) and gap and self.words.starts[at] <= gap.end() + 2 else len(self.words)

    def _is_name(self, i: int) -> bool:
        return (
            i < len(self.words)
            and (self.words.folds[i] in self.first or self.words.folds[i] in self.last)
            and self._could_be(i)
        )

    def _could_be(self, i: int, *, listed: bool = False) -> bool:
        """Whether a word may be a name at all, where a name is expected."""
        words, folded = self.words, self.words.folds[i]
        if i in self.guarded or folded in cues("not_people") or folded.isdigit() or folded in cues("titles"):
            return False
        if (
            len(folded) <= _INITIALS
            and words.is_capital(i)
            and folded not in cues("titles")
            and words.after(i)[:1] == "."
        ):
            return True
        if folded in self.first or folded in self.last:
            return words.is_capital(i) or kind_of(folded) == PLAIN or (not words.styled and kind_of(folded) == SMALL)
        if listed or not words.is_capital(i):
            return False
        return folded not in cues("fillers") and folded not in cues("ordinary") and not _NOUN_LIKE.fullmatch(folded)

    def _is_unlisted(self, i: int) -> bool:
        """A capital word that is nothing we know: where English expects a name, it is one."""
        return (
            i < len(self.words)
            and self.words.is_capital(i)
            and kind_of(self.words.folds[i]) == PLAIN
            and self._could_be(i)
        )

    def _titles(self, at: int) -> int:
        """How many titles follow each other from word `at` on; nobody bears more than a few."""
        titles = cues("titles")
        return next((n for n, folded in enumerate(self.words.folds[at : at + _MOST]) if folded not in titles), 0)

    def _run(self, at: int, *, strict: bool) -> Iterator[Span]:
        words = self.words
        at += self._titles(at)
        if at >= len(words) or not self._could_be(at, listed=strict and not words.styled):
            return
        if len(words.folds[at]) < 2 and not words.after(at).startswith((".", " ")):  # noqa: PLR2004
            return
        yield Span(words.starts[at], words.ends[self._end(at, strict=strict)], "person")

    def _end(self, at: int, *, strict: bool) -> int:
        """The last word of the name that begins with word `at`."""
        words, end, pending = self.words, at, 0
        for i in range(at + 1, min(at + 1 + _MOST, len(words))):
            gap, folded = words.gap(i), words.folds[i]
            if not _LINK.fullmatch(gap) or (gap.startswith(".") and len(words.folds[i - 1]) > _INITIALS):
                break
            if folded in cues("particles") and not words.is_capital(i):
                pending += 1
                continue
            if not self._continues(i, at, strict=strict, after_particle=bool(pending)):
                break
            end, pending = i, 0
        return end

    def _continues(self, i: int, at: int, *, strict: bool, after_particle: bool) -> bool:
        words, folded = self.words, self.words.folds[i]
        if folded in cues("relations") or not self._could_be(i) or (words.styled and not words.is_capital(i)):
            return False
        if self._is_joined(i) and not self._is_name(i + 1):
            return False
        if after_particle or len(folded) == 1 or words.gap(i).strip() == "-":
            return True
        if not strict and _GREETED.match(words.after(i)):
            return True
        if kind_of(folded) != PLAIN:
            named = folded in self.last or folded in self.first
            return named and (words.folds[at] in self.first or len(words.folds[at]) == 1)
        return folded in self.last or folded in self.first or words.folds[at] in self.first or len(words.folds[at]) == 1


def _branded(words: Words) -> set[int]:
    """The words that belong to brands."""
    found: set[int] = set()
    known = brands()
    for i, folded in enumerate(words.folds):
        for phrase in known.get(folded, ()):
            if tuple(words.folds[i : i + len(phrase)]) == phrase:
                found |= set(range(i, i + len(phrase)))
    return found


@cache
def _telling() -> frozenset[str]:
    """Words worth a look: names, and what stands before names."""
    return frozenset().union(
        names("first_names"), names("last_names"), cues("titles"), cues("greetings"), cues("relations")
    )
