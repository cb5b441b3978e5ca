"""German and English: gettext catalogues, compiled when first used; the visitor's choice, else the browser's."""

from __future__ import annotations

import gettext
import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Request

LANGUAGES = ("en", "de")
COOKIE = "vierklang_language"
_LOCALES = Path(__file__).parent / "locale"
_LONGEST_HEADER = 200


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations of a language. The sentences in the code are the English ones."""
    path = _LOCALES / language / "LC_MESSAGES" / "console.po"
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def locale(language: str) -> Locale:
    """How dates and amounts are written. English is written as in Britain: day before month."""
    return Locale.parse("en_GB" if language == "en" else language)


def language_of(request: Request) -> str:
    """The language a visitor reads: the switch's cookie, else what the browser asks for first, else English."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    wanted = _wanted(request.headers.get("accept-language", "")[:_LONGEST_HEADER])
    return negotiate_locale(wanted, LANGUAGES, sep="-") or "en"


def _wanted(header: str) -> Sequence[str]:
    ranked: list[tuple[float, str]] = []
    for part in header.split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), name.partition("-")[0].lower()))
        except ValueError:
            continue
    return [name for _, name in sorted(ranked, key=lambda pair: pair[0])]


def mark(message: str) -> str:
    """Mark a sentence for the catalogue where it is written; it is translated where it is shown."""
    return message
