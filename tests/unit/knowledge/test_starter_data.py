"""The starter knowledge is complete, holds its slots and says nothing a channel forbids or a shop would have to keep."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest
import yaml

from app.knowledge import starter
from app.knowledge.model import STEP_NAMES, MacroText, ResolvedTicket
from app.ticket import Cause, Kind

CAUSES = set(get_args(Cause))
KINDS = set(get_args(Kind))
FREQUENT = (
    "carrier_delay", "damaged_in_transit", "product_defect", "wrong_item", "missing_item", "refund_delayed",
    "no_response", "return_request", "lost_parcel",
)  # fmt: skip
OWN_CHANNELS = {"shopify", "shop_email", "chat"}
CHANNELS = OWN_CHANNELS | {
    "amazon", "ebay", "walmart", "otto", "kaufland", "zalando", "etsy", "bol", "temu", "cdiscount",
}  # fmt: skip
STEP_SLOT = {"acknowledge": "complaint", "own": "done", "propose": "options", "ask": "question"}
TICKET_SLOTS = {"customer_name", "order_id", "tracking_number"}
TICKET_FIELDS = {"external_id", "channel", "language", "problem", "reply", "cause", "csat", "resolved_at"}
PARAGRAPHS = 5  # the greeting and the four steps

FORMAL = re.compile(r"\b(?:Sie|Ihnen|Ihr(?:e[mnrs]?)?)\b")
FAMILIAR = re.compile(r"(?i)\b(?:du|dich|dir|dein(?:e[mnrs]?)?|euch|euer|eure[mnrs]?)\b")
APOLOGY = re.compile(r"(?i)\btut (?:mir|uns) (?:\w+ )?leid\b|\b(?:I'm|we're) (?:so )?sorry\b")
SYMPATHY = re.compile(r"(?i)\b(?:leid|schade|sorry)\b")

MACROS = starter.load_starter_macros()
TICKETS = starter.load_starter_tickets()
_ENTRIES = yaml.load(Path(__file__).with_name("forbidden.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
FORBIDDEN = {entry["name"]: re.compile("|".join(entry["any_of"]), re.IGNORECASE) for entry in _ENTRIES}
FORBIDDEN_EVERYWHERE = [entry["name"] for entry in _ENTRIES if not entry.get("frames_only")]

VOICES: list[tuple[str, str | None]] = [("de", "sie"), ("de", "du"), ("en", None)]
each_voice = pytest.mark.parametrize(("language", "register"), VOICES, ids=["de-sie", "de-du", "en"])
each_language = pytest.mark.parametrize("language", ["de", "en"])


def forbidden_in(text: str, names: list[str]) -> list[str]:
    return [f"{name}: {hit.group()!r}" for name in names if (hit := FORBIDDEN[name].search(text))]


def frames(language: str, register: str | None) -> list[MacroText]:
    return [m for m in MACROS if (m.language, m.register) == (language, register)]


def answers(language: str, register: str | None) -> list[MacroText]:
    return [m for m in frames(language, register) if m.kind in {"reply", "boundary"}]


def tickets(language: str) -> list[ResolvedTicket]:
    return [t for t in TICKETS if t.language == language]


def test_there_is_enough_to_start_with() -> None:
    """Macros and tickets reach their numbers, tickets in equal halves, and a good part of the German frames says du."""
    halves = Counter(t.language for t in TICKETS)
    assert len(MACROS) == sum(len(frames(*voice)) for voice in VOICES) >= 72
    assert len(frames("de", "du")) >= 14
    assert len(TICKETS) >= 88
    assert halves["de"] == halves["en"] == len(TICKETS) / 2


@each_voice
def test_every_cause_has_a_frame_for_any_channel(language: str, register: str | None) -> None:
    """No cause is left to another cause's words, neither in Sie nor du nor English."""
    assert {cause for m in answers(language, register) if m.channels == ("*",) for cause in m.causes} == CAUSES


@pytest.mark.parametrize("cause", FREQUENT)
@pytest.mark.parametrize(("language", "register"), [("de", "sie"), ("en", None)], ids=["de-sie", "en"])
def test_a_frequent_cause_has_a_choice(language: str, register: str | None, cause: str) -> None:
    """The causes that come daily have three frames, two of them for any channel, except where the channel decides."""
    fitting = [m for m in answers(language, register) if cause in m.causes]
    assert len(fitting) >= 3
    assert sum(m.channels == ("*",) for m in fitting) >= (1 if cause == "return_request" else 2)


@each_voice
def test_every_kind_of_message_has_a_frame(language: str, register: str | None) -> None:
    """Acknowledgement, follow-up, closing and boundary exist in every voice, the closing in its three shapes."""
    kinds = Counter(m.kind for m in frames(language, register))
    assert set(kinds) == KINDS
    assert kinds["closing"] >= 3


def test_abuse_is_answered_with_a_boundary() -> None:
    """A frame for abuse sets a limit; it is never an ordinary reply."""
    assert {m.kind for m in MACROS if "abuse" in m.causes} == {"boundary"}


def test_ids_are_slugs_and_unique() -> None:
    """Ids name language and purpose, and none is used twice in either file."""
    ids = [m.external_id for m in MACROS] + [t.external_id for t in TICKETS]
    assert [i for i, n in Counter(ids).items() if n > 1] == []
    assert [i for i in ids if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", i)] == []
    assert [m.external_id for m in MACROS if not m.external_id.startswith(f"{m.language}-")] == []


def test_no_two_frames_begin_in_the_same_words() -> None:
    """Frames differ in the step a customer reads first, and no text of a ticket is there twice."""
    openings = Counter(m.steps["acknowledge"] for m in MACROS)
    assert [text for text, n in openings.items() if n > 1] == []
    assert len({t.problem for t in TICKETS}) == len({t.reply for t in TICKETS}) == len(TICKETS)


@each_voice
def test_frames_fit_the_contract(language: str, register: str | None) -> None:
    """Kinds, causes and channels are those of the contract; nobody is followed up on a marketplace."""
    for macro in frames(language, register):
        assert macro.kind in KINDS, macro.external_id
        assert set(macro.causes) <= CAUSES, macro.external_id
        assert macro.causes or macro.kind != "reply", macro.external_id
        assert macro.channels == ("*",) or set(macro.channels) <= CHANNELS, macro.external_id
        assert macro.kind != "follow_up" or set(macro.channels) <= OWN_CHANNELS, macro.external_id


@each_voice
def test_frames_hold_each_slot_once_and_in_its_step(language: str, register: str | None) -> None:
    """The composer finds its four slots and no other brace, and the question comes last."""
    for macro in frames(language, register):
        found = {step: re.findall(r"\{.*?\}|[{}]", text) for step, text in macro.steps.items()}
        assert found == {step: [f"{{{slot}}}"] for step, slot in STEP_SLOT.items()}, macro.external_id
        assert macro.steps["ask"].endswith("{question}"), macro.external_id


@each_voice
def test_frames_are_made_of_whole_sentences_around_the_slot(language: str, register: str | None) -> None:
    """Whole sentences stand before and after a slot, so that whole sentences can be put in."""
    for macro in frames(language, register):
        for step, slot in STEP_SLOT.items():
            before, after = macro.steps[step].split(f"{{{slot}}}")
            assert re.fullmatch(r"(?:[A-ZÄÖÜ].*\. )?", before), (macro.external_id, step)
            assert re.fullmatch(r"(?: [A-ZÄÖÜ].*\.)?", after), (macro.external_id, step)


@each_voice
def test_frames_apologise_once_and_in_the_first_step(language: str, register: str | None) -> None:
    """The apology is the frame's own wherever there is something to be sorry for, so the slots can leave it out."""
    for macro in frames(language, register):
        counts = [len(APOLOGY.findall(macro.steps[step])) for step in STEP_NAMES]
        expected = 0 if macro.kind in {"follow_up", "closing"} else 1
        assert counts == [expected, 0, 0, 0], macro.external_id


@pytest.mark.parametrize(("register", "other"), [("sie", FAMILIAR), ("du", FORMAL)], ids=["sie", "du"])
def test_german_frames_keep_one_form_of_address(register: str, other: re.Pattern[str]) -> None:
    """Sie frames never say du, du frames never say Sie."""
    assert [m.external_id for m in frames("de", register) if other.search(m.body)] == []


@each_voice
def test_frames_promise_and_claim_nothing(language: str, register: str | None) -> None:
    """A frame names no solution, date, amount or completed action of its own, and nothing a channel forbids."""
    texts = {f"{m.external_id}.{step}": text for m in frames(language, register) for step, text in m.steps.items()}
    assert {where: found for where, text in texts.items() if (found := forbidden_in(text, list(FORBIDDEN)))} == {}


def test_automatic_acknowledgements_say_so_without_absence_wording() -> None:
    """The reader learns that a machine confirmed receipt; mail systems do not take it for an absence notice."""
    texts = [m.body for m in MACROS if m.kind == "acknowledgement"]
    absence = r"(?i)automatische antwort|auto(?:matic)?[- ]?reply|abwesen|out of (?:the )?office|nicht im büro"
    assert [t for t in texts if not re.search(r"(?i)automatis|automatic", t)] == []
    assert [t for t in texts if re.search(absence, t)] == []


@each_language
def test_every_cause_was_solved_once(language: str) -> None:
    """Each cause has a resolved ticket in both languages."""
    assert {t.cause for t in tickets(language)} == CAUSES


def test_tickets_carry_exactly_the_fields_of_the_contract() -> None:
    """Nothing beside the knowledge fields is shipped, times are UTC, marks run from 1 to 5, channels are known."""
    lines = (Path(starter.__file__).parent / "tickets.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        assert set(row) == TICKET_FIELDS, row["external_id"]
        assert row["csat"] in {None, 1, 2, 3, 4, 5}
        assert row["channel"] in CHANNELS
        assert datetime.fromisoformat(row["resolved_at"]).tzname() == "UTC"


def test_tickets_vary() -> None:
    """Many channels and all marks are there, and so are shouting and lower-case writers."""
    assert len({t.channel for t in TICKETS}) >= 8
    assert {t.csat for t in TICKETS} == {None, 1, 2, 3, 4, 5}
    assert sum(bool(re.search(r"\b[A-ZÄÖÜ]{4,}\b", t.problem)) for t in TICKETS) >= 10
    assert sum(t.problem[0].islower() for t in TICKETS) >= 10


@each_language
def test_tickets_have_a_realistic_length(language: str) -> None:
    """Problems run from 30 to 150 words, replies from 60 to 160."""
    for ticket in tickets(language):
        assert 30 <= len(ticket.problem.split()) <= 150, ticket.external_id
        assert 60 <= len(ticket.reply.split()) <= 160, ticket.external_id


@each_language
def test_tickets_name_nobody(language: str) -> None:
    """Persons, orders and parcels stand as slots; no contact data and no long number is left."""
    for ticket in tickets(language):
        text = f"{ticket.problem}\n{ticket.reply}"
        assert set(re.findall(r"\{(.*?)\}", text)) <= TICKET_SLOTS, ticket.external_id
        assert forbidden_in(text, ["link", "e-mail", "phone"]) == [], ticket.external_id
        assert not re.search(r"\d{5,}|\d{3}-\d{4,}|#\d{3,}", text), ticket.external_id
        assert "{customer_name}" in ticket.reply.split("\n\n")[0], ticket.external_id


@each_language
def test_replies_walk_the_four_steps_and_end_in_their_one_question(language: str) -> None:
    """Greeting and four paragraphs; sympathy comes in the first of them; the only question is the last sentence."""
    for ticket in tickets(language):
        paragraphs = ticket.reply.split("\n\n")
        assert len(paragraphs) == PARAGRAPHS, ticket.external_id
        assert SYMPATHY.search(paragraphs[1]), ticket.external_id
        assert ticket.reply.find("?") == len(ticket.reply) - 1, ticket.external_id


@each_language
def test_replies_would_pass_on_the_strictest_channel(language: str) -> None:
    """No link, contact, plea for an opinion, promotion, boilerplate, admission or blame."""
    replies = {t.external_id: t.reply for t in tickets(language)}
    assert {i: found for i, text in replies.items() if (found := forbidden_in(text, FORBIDDEN_EVERYWHERE))} == {}


def test_german_replies_keep_one_form_of_address() -> None:
    """A German reply says Sie or du throughout, and both are there."""
    forms = {t.external_id: (bool(FORMAL.search(t.reply)), bool(FAMILIAR.search(t.reply))) for t in tickets("de")}
    assert [i for i, (formal, familiar) in forms.items() if formal == familiar] == []
    assert sum(familiar for _, familiar in forms.values()) >= 5


@pytest.mark.parametrize("entry", _ENTRIES, ids=lambda e: e["name"])
def test_forbidden_contents_would_be_seen(entry: dict[str, str]) -> None:
    """Each entry finds the line it is there for, so an empty result means clean text."""
    assert FORBIDDEN[entry["name"]].search(entry["trips"])
