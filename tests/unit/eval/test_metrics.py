"""Each metric says what it names, with a reason, and None where it does not apply."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from eval.metrics.base import Measured, Scene
from eval.metrics.catalogue import ABOUT, METRICS
from eval.metrics.facts import folded, stands_in
from eval.metrics.measuring import Measurer
from eval.metrics.scorecard import reading_ease
from eval.metrics.similarity import chrf, compression_distance
from eval.runs.cache import Cache
from eval.runs.drafting import request_of
from eval.runs.suite import Variant
from tests.unit.eval.build import DRAFT, case, draft, finding

COMPOSER = Variant(name="v")


@pytest.fixture
def measure(tmp_path):
    def made(name, changed=None, *, variant=COMPOSER, **gold):
        one = case(tmp_path, **gold)
        metric = next(m for m in METRICS if m.name == name)
        return metric.measure(Scene(one, changed or draft(), request_of(one, variant)))

    return made


@pytest.mark.parametrize(
    ("name", "changed", "value"),
    [
        ("compliance.clean", draft(findings=[finding("tone.cold", "warn")]), True),
        ("compliance.clean", draft(findings=[finding("links.external")]), False),
        ("compliance.clean", draft(text=None), False),
        ("compliance.spotless", draft(findings=[finding("style.emoji", "warn")]), False),
        ("delivery.ready", draft(status="needs_input", placeholders=[{"label": "Datum"}]), False),
        ("structure.four_steps", draft(findings=[finding("structure.order", "warn")]), False),
        ("grounding.clean", draft(findings=[finding("promise.unlisted", "warn")]), False),
        ("grounding.clean", draft(findings=[finding("tone.cold", "warn")]), True),
        ("tone.calm", draft(findings=[finding("tone.cold", "warn")]), False),
        ("language.right", draft(), True),
        ("language.right", draft(text="Dear Ms Keller, I am sorry that the mug arrived broken today."), False),
        ("language.register", draft(language="en"), None),
        ("facts.required", draft(text=DRAFT.replace("19,90 €", "19,90 EUR")), 1.0),
        ("facts.required", draft(text=DRAFT.replace("19,90 €", "das Geld")), 0.5),
        ("facts.nothing_forbidden", draft(text=DRAFT + " Ein Gutschein folgt."), False),
        ("triage.cause", draft(triage={"cause": "other", "escalate": False, "reasons": []}), False),
        ("triage.escalate", draft(triage={"cause": "other", "escalate": True, "reasons": ["lawyer"]}), False),
        ("retrieval.hit@5", draft(), True),
        ("retrieval.hit@5", draft(sources=[]), False),
        ("retrieval.reciprocal_rank", draft(), 0.5),
        ("length.words", draft(text=None), None),
        ("latency.total_ms", draft(), 9.0),
    ],
)
def test_a_metric_reads_the_draft(measure, name, changed, value):
    assert measure(name, changed).value == value


@pytest.mark.parametrize(
    ("name", "gold"),
    [
        ("facts.required", {"must_appear": []}), ("facts.nothing_forbidden", {"must_not_appear": []}),
        ("triage.cause", {"cause": None}), ("triage.escalate", {"escalate": None}), ("retrieval.hit@5", {"sources": []}),
        ("similarity.chrf", {"gold": None}), ("effort.lz77", {"gold": None}), ("effort.levenshtein", {"gold": None}),
    ],
)  # fmt: skip
def test_what_is_not_labelled_is_not_measured(measure, name, gold):
    """None with a reason, not 0 or 1."""
    found = measure(name, **gold)
    assert found.value is None
    assert found.reason


def test_a_price_nobody_knows_is_not_zero(measure):
    made = draft()["generation"] | {"cost_usd": None}
    assert measure("cost.usd", draft(generation=made)).value is None


def test_a_writer_that_was_asked_twice_did_not_pass_at_first_try(measure):
    made = draft()["generation"] | {"attempts": 2, "reason": "findings: links.external"}
    assert measure("compliance.first_try", draft(generation=made)).value is False


def test_nan_never_becomes_a_value():
    with pytest.raises(ValueError, match="finite"):
        Measured(math.nan)


@pytest.mark.parametrize(
    ("wording", "text", "there"),
    [("9,90 €", "kostet 19,90 €", False), ("19,90 €", "kostet 19,90\N{NO-BREAK SPACE}€.", True), ("27.11.", "am 27.11.2026", True),
     ("24.11", "am 24.11.2026", True), ("Gutschein", "des Gutscheins", True), (" ihr ", "wir ihren", False), ("can't", "I can’t", True), ("90", "19,90", False)],
)  # fmt: skip
def test_facts_are_found_anywhere_but_numbers_whole(wording, text, there):
    assert stands_in(folded(wording), folded(text)) is there


def test_words_of_address_are_told_by_their_capital_and_left_out_where_another_register_was_asked(measure):
    """ "Ihre" is the customer's, "ihre" somebody else's."""
    du = {"request": {"register": "du"}, "must_not_appear": [" Ihre "]}
    assert measure("facts.nothing_forbidden", draft(text="Deine Tasse und ihre Farbe"), **du).value is True
    assert measure("facts.nothing_forbidden", draft(text="Deine Tasse und Ihre Farbe"), **du).value is False
    sie = Variant(name="sie", register="sie")
    assert measure("facts.nothing_forbidden", draft(text="Hier ist Ihre Tasse"), variant=sie, **du).value is True


@pytest.mark.parametrize(
    ("said", "wanted", "value"),
    [
        ("The cat sat on the mat.", "The cat is on the mat.", 67.17273492330233),
        ("Guten Tag Frau Keller, es tut mir leid.", "Guten Tag Frau Keller, das tut mir sehr leid.", 72.5427671202411),
        ("Ich schicke Ihnen kostenlos eine neue Tasse.", "Ich erstatte Ihnen die vollen 19,90 €.", 21.275495300369663),
        ("abc", "xyz", 0.0), ("ab", "abcdef", 31.25), ("", "abc", 0.0), ("same", "same", 100.0),
        ("a b c", "abc", 100.0), ("aa", "ab", 25.0), ("", "reference", 0.0),
    ],
)  # fmt: skip
def test_chrf_is_the_published_one(said, wanted, value):
    """Values of a second implementation that agreed to all digits, and the last three as sacrebleu publishes them with its
    tests: another order, β, smoothing or treatment of whitespace would give others.
    """
    assert chrf(said, wanted) == pytest.approx(value, rel=1e-9)


def test_chrf_is_imported_with_the_first_draft_that_is_measured():
    """`vierklang eval --help`, `compare` and `gate` must not wait for it."""
    probe = "import sys, app.cli.eval_run, eval.metrics.catalogue; print('sacrebleu' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_moving_a_paragraph_costs_little_and_writing_anew_costs_much():
    """What Levenshtein's distance cannot tell apart."""
    parts = DRAFT.split("\n\n")
    moved = "\n\n".join([parts[0], parts[3], parts[2], parts[1], *parts[4:]])
    other = (
        "Sehr geehrte Kundin, bezüglich Ihres Anliegens vom Dienstag teilen wir mit, dass keine Möglichkeit besteht."
    )
    assert compression_distance(DRAFT, DRAFT) == 0
    assert compression_distance(DRAFT, moved) < 0.25
    assert compression_distance(DRAFT, other) > 0.7


def test_the_scorecard_tells_a_good_reply_from_a_bare_one(measure):
    bare = draft(text="Geld kommt.", score={"overall": 10, "empathy": 0})
    assert measure("quality.scorecard").value > 85
    assert measure("quality.scorecard", bare).value < 45


def test_short_words_read_more_easily():
    assert reading_ease("Ich helfe gern. Das geht gut.", "de") > reading_ease(
        "Hinsichtlich der Rücksendungsabwicklungsmodalitäten bestehen Einschränkungen.", "de"
    )


def test_every_metric_is_described_once():
    assert len({m.name for m in METRICS}) == len(METRICS)
    assert all(ABOUT[m.name].title for m in METRICS)


class CountingEmbedder:
    name = "test/2"
    asked = 0

    def load(self):
        pass

    def forget(self):
        pass

    async def embed(self, texts):
        self.asked += len(texts)
        return [[1.0, 0.0]] * len(texts)


async def test_a_draft_is_measured_once_and_gold_replies_are_embedded_once(tmp_path):
    """Also when it is measured again under the same code; another draft is another entry."""
    embedder, kept = CountingEmbedder(), Cache(tmp_path / "cache.sqlite")
    measurer = Measurer(kept, embedder)
    one = case(tmp_path)
    first = await measurer.measure(one, draft(), COMPOSER)
    assert await measurer.measure(one, draft(id="another"), COMPOSER) == first
    assert embedder.asked == 2
    await measurer.measure(one, draft(text="Guten Tag"), COMPOSER)
    assert embedder.asked == 3
    assert first["similarity.embedding"][0] == 1.0
    kept.close()
