"""The phrase files themselves."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from app.drafts import composer
from app.drafts.composer.bank import load
from app.drafts.composer.pen import Pen
from app.drafts.context import case_context
from app.ticket import Cause, Kind, ResolutionType
from reply_guards import review
from tests.unit.composer.builders import make_case

FILES = sorted((Path(composer.__file__).parent / "data").glob("*.yaml"))
CAUSES: tuple[str, ...] = get_args(Cause)
FAMILIAR = re.compile(r"\b(?:du|dir|dich|dein(?:e[mnrs]?)?)\b", re.IGNORECASE)
FORMAL = re.compile(r"\b(?:Sie|Ihnen|Ihre?[mnrs]?)\b")
PHRASES = (
    "actions",
    "commit",
    "complaint",
    "feelings",
    "options",
    "refund_state",
    "threats",
    "tracking",
    "trouble",
    "frames_de",
)


def strings(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            assert isinstance(key, str), f"{path}: the key {key!r} was read as no text"
            yield from strings(value, f"{path}/{key}")
    elif isinstance(node, list):
        for value in node:
            yield from strings(value, path)
    else:
        yield path, node


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_words_are_words(file: Path) -> None:
    """No bare yes, no or on was read as a truth value."""
    for path, value in strings(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)):
        flags = file.stem == "defects" and path.rpartition("/")[2] in ("vague", "danger", "box")
        assert flags or not isinstance(value, bool), path


@pytest.mark.parametrize("name", PHRASES)
def test_a_register_never_holds_the_other(name: str) -> None:
    """Read in `sie`, no phrase says du; read in `du`, none says Sie, except at a sentence's beginning."""
    german = load(name)["de"] if "de" in load(name) else load(name)
    for path, text in strings(german):
        if not isinstance(text, str) or "<" not in text:
            continue
        formal, familiar = (re.sub(r"<([^<>|]*)\|([^<>|]*)>", pick, text) for pick in (r"\1", r"\2"))
        assert not FAMILIAR.search(formal), (path, formal)
        assert not FORMAL.search(familiar), (path, familiar)


@pytest.mark.parametrize("name", PHRASES)
def test_no_phrase_without_marks_speaks_to_one_register(name: str) -> None:
    """A German phrase that addresses somebody has both registers."""
    german = load(name)["de"] if "de" in load(name) else load(name)
    for path, text in strings(german):
        if isinstance(text, str):
            bare = re.sub(r"<[^<>]*>", "", text)
            assert not FAMILIAR.search(bare), (path, text)
            assert not FORMAL.search(bare), (path, text)


TOPIC = {"de": "die Tasse einen Riss hat", "en": "the cup has a crack"}
WITHIN = {"de": "innerhalb eines Tages", "en": "within a day"}


def whole_sentences(language: str) -> Iterator[str]:
    """The bank's sentences that need no fact, in both registers."""
    for node in (load(f"frames_{language}"), *(load(name)[language] for name in ("commit", "feelings", "threats"))):
        for _, text in strings(node):
            told = text.replace("{topic}", TOPIC[language]).replace("{reply_time}", WITHIN[language])
            bare = " ".join(re.sub(r"\{[^{}]*\}", " ", told).split())
            if " " in bare:
                yield from {re.sub(r"<([^<>|]*)\|([^<>|]*)>", pick, bare) for pick in (r"\1", r"\2")}


@pytest.mark.parametrize("channel", ["amazon", "shop_email"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_no_sentence_of_the_bank_is_one_the_review_takes_offence_at(language: str, channel: str) -> None:
    """A wording of our own that blocks would block every draft that chances on it."""
    context = case_context(make_case("Die Tasse ist kaputt.", language=language, channel=channel), None)
    for text in whole_sentences(language):
        found = review(text, context, parts=frozenset({"compliance", "grounding", "tone"})).findings
        assert not [(f.rule, f.excerpt) for f in found if f.severity != "info"], text


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_cause_has_its_words(language: str) -> None:
    """Trouble, group and frames exist for each cause, and the last tier needs no value."""
    pen = Pen(language, "sie", 1)
    for cause in CAUSES:
        tiers = load("trouble")[language][cause]
        assert pen.say("x", tiers[-1:]), cause
        assert load("commit")["groups"][cause] in load("commit")[language]


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_kind_has_frames(language: str) -> None:
    """The default of each kind holds all four steps."""
    for kind in get_args(Kind):
        assert set(load(f"frames_{language}")[kind]["default"]) == {"acknowledge", "own", "propose", "ask"}


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_resolution_can_be_said(language: str) -> None:
    """Each type has a question, and either an offer or a commitment."""
    for kind in get_args(ResolutionType):
        entry = load("options")[language][kind]
        assert entry["soll"]
        assert "do" in entry or "commit" in entry


def test_no_phrase_asks_twice_or_shows_marks() -> None:
    """One question mark at most in a phrase, and no emoji or link."""
    for file in FILES:
        for path, text in strings(load(file.stem)):
            if isinstance(text, str) and file.stem in PHRASES:
                assert text.count("?") <= 1, path
                assert not re.search(r"https?:|www\.|[\U0001F300-\U0001FAFF]", text), path
