"""The network and what the checks make of it."""

from __future__ import annotations

import numpy as np
import pytest

from reply_guards import panel as table
from reply_guards import word_rows
from reply_guards.checks.learned import views
from reply_guards.classifier import MAX_WORDS
from reply_guards.model import CaseFacts, Context
from reply_guards.policy import overlaid, policy_for
from reply_guards.remembering import Memory
from reply_guards.review import review
from reply_guards.text import read
from reply_guards.vectors import DIMENSIONS, cut, pieces_of, vector_of
from reply_guards.word_rows import letter_features, run_features, said, word_number, words_in, words_of

AMAZON = Context(channel="amazon", marketplace="amazon.de", language="de", agent_language="de")


def similarity(first: str, second: str) -> float:
    """Cosine of two words' vectors."""
    a, b = vector_of(first), vector_of(second)
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_words_of_one_meaning_stand_near_each_other_across_languages():
    """The vectors carry meaning, not letters."""
    assert similarity("bewertung", "review") > similarity("bewertung", "paket") + 0.2
    assert similarity("paket", "parcel") > similarity("paket", "review") + 0.2


def test_a_word_is_cut_into_known_pieces_only():
    """Any letters give a vector of the same length; what is no word at all gives none."""
    assert len(pieces_of("rueckerstattung")) > 1
    assert vector_of("qqxzzkk").shape == vector_of("").shape == (DIMENSIONS,)


def test_a_sentence_is_judged_the_same_alone_and_among_others():
    """Neighbours do not leak into each other's scores."""
    network = table.panel()
    sentences = ["ueber ein paar sterne wuerden wir uns freuen.", "das paket kommt morgen.", "ok?"]
    together = network.scores(sentences)
    for row, sentence in zip(together, sentences, strict=True):
        np.testing.assert_allclose(network.scores([sentence])[0], row, rtol=1e-3, atol=1e-3)


def test_a_long_sentence_is_judged_by_its_worst_part():
    """What stands behind the first words of an endless sentence is still seen."""
    network = table.panel()
    ask = "ueber fuenf sterne wuerden wir uns sehr freuen"
    filler = " ".join(["das paket liegt im lager und kommt morgen"] * (MAX_WORDS // 4))
    place = network.index["feedback"]
    assert network.scores([f"{filler} {ask}"])[0][place] > network.scores([filler])[0][place] + 2


@pytest.mark.parametrize("text", ["", " ", "\n", "?", "…", "漢字", "\ud800"])
def test_texts_without_words_get_scores_too(text):
    """Nothing to read is nothing wrong."""
    assert table.panel().scores([text]).shape == (1, len(table.panel().labels))
    assert not [f for f in review(text, AMAZON).findings if f.rule.startswith(("feedback", "tone", "promotion"))]


@pytest.mark.parametrize("recurring", ["", " das paket kommt"])
def test_the_room_for_words_may_run_full(monkeypatch, recurring):
    """Words beyond the room that is kept only cost time, whether or not some of them come again and again."""
    monkeypatch.setattr(word_rows, "_KEPT_WORDS", 40)
    small = table.Panel(*map(table.read_network, (table.FIRST, table.SECOND)))
    sentences = [f"{chr(97 + i)}wort und {chr(97 + i)}sterne ueber{recurring}" for i in range(26)]
    np.testing.assert_allclose(
        np.concatenate([small.scores([s]) for s in sentences]), table.panel().scores(sentences), rtol=1e-3, atol=1e-3
    )


def test_common_words_are_cut_as_all_others_are():
    """The shipped cuts, which only spare time, are those the search finds; others are searched for."""
    words = ["bestellung", "rueckerstattung", "the", "unfortunately", "qqxzzkk", "schraubenschluesselhalterung", ""]
    assert cut(words) == [pieces_of(word) for word in words]


@pytest.mark.parametrize(
    "sentences",
    [
        ["am 24.12. 3 stück, 20 € mehr?", "ok!"],
        ["siehe https://a.de/b und mehr", "liebe [xxxxxxx], | hallo"],
        ["a\nb", "漢字 und " + "x" * 5 + "y" * 90],
    ],
)
def test_words_of_several_sentences_are_those_of_each(sentences):
    """What is read at once is cut as what is read alone; numbers are told apart later."""
    found = words_in(sentences)
    assert found[:2] == found[-2:] == ["|", "|"]
    together = " ".join(found[2:-2]).split("| |")
    assert [[*map(said, words.split())] for words in together] == [*map(words_of, sentences)]


def test_features_are_stable():
    """Training and review must number words alike, on every machine."""
    assert words_of("am 24.12. 3 stück?") == ["am", "0", "0", "0", "stück", "?"]
    assert word_number("review") == 1_936_984_498 or word_number("review") == word_rows.crc32(b"review")
    assert word_number("review") == 2_034_467_270
    assert letter_features("review") == sorted(letter_features("review"))
    runs = run_features(np.array([word_number(w) for w in ("a", "b", "c")], np.uint64))
    assert runs.shape == (3, 3)
    assert (runs[0] > 0).all()
    assert (runs[2] == 0).all()


def test_new_words_for_an_old_offence_are_found():
    """What no pattern says: the network does."""
    for text in (
        "Wenn Sie anderen Eltern im Netz verraten, wie gut der Sitz passt, freut sich das ganze Lager.",
        "If you felt looked after, the little gold stars under your order would love some company.",
    ):
        assert any(f.rule.startswith("feedback") for f in review(text, AMAZON).findings), text


def test_a_tenants_rule_is_tried_whatever_the_network_thinks():
    """Only rules the network was trained on are spared."""
    overlay = {
        "add": [
            {
                "id": "feedback.bruno", "severity": "warn", "looks_for": "our mascot", "source": "house", "read": "2026-11",
                "message": {"de": "Bruno", "en": "Bruno"}, "coaching": {"de": "Ohne Bruno.", "en": "No Bruno."},
                "patterns": ["maskottchen bruno"],
                "examples": {"trip": ["Maskottchen Bruno grüßt."] * 2, "pass": ["Das Lager grüßt."] * 2},
            }
        ]
    }  # fmt: skip
    text = "Die Sendung liegt seit Dienstag in Köln, Maskottchen Bruno wartet mit."
    assert 0 not in views(read(text)).open.get("feedback", ())
    verdict = review(text, AMAZON, policy=overlaid(policy_for("amazon"), overlay))
    assert "feedback.bruno" in {f.rule for f in verdict.findings}


def test_a_foreign_link_gives_way_to_the_page_for_the_same_matter():
    """The ticket's tracking link, or the marketplace's page for returns."""
    tracking = "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=00340434161094042557"
    facts = CaseFacts(tracking_number="00340434161094042557", tracking_url=tracking, carrier="DHL")
    context = Context(channel="amazon", marketplace="amazon.de", language="de", agent_language="de", facts=facts)
    late = review("Guten Tag, hier verfolgen Sie Ihre Sendung: https://bit.ly/3xyz. Ich bleibe dran.", context)
    back = review("Guten Tag, die Retoure melden Sie hier an: https://www.laden-xy.de/r. Ich bleibe dran.", context)
    assert tracking in (late.fixed_text or "")
    assert "https://www.amazon.de/returns" in (back.fixed_text or "")


def test_feeling_with_another_trouble_is_about_another_case():
    """The customer's complaint and the regretted trouble must be the same."""
    facts = CaseFacts(customer_text="Die Tasse ist in Scherben angekommen! Was machen Sie jetzt?", products=("Tasse",))
    context = Context(channel="amazon", language="de", facts=facts, agent_language="de")
    text = (
        "Guten Tag Frau Keller, es tut mir sehr leid, dass Ihr Paket mit der Tasse so verspätet ist. Ich kümmere mich "
        "darum. Ich kann Ihnen {} anbieten. Was ist Ihnen lieber?"
    )
    wrong = review(text.format("eine Erstattung oder Ersatz"), context)
    right = review(text.format("Ersatz").replace("so verspätet ist", "zerbrochen ankam"), context)
    assert "structure.not_about_case" in {f.rule for f in wrong.findings}
    assert "structure.not_about_case" not in {f.rule for f in right.findings}


def test_a_memory_asks_once_for_what_it_does_not_know():
    """All new texts together, each but once; long ones are not kept, and a full memory begins anew."""
    asked: list[list[str]] = []

    def lengths(texts: list[str]) -> list[int]:
        asked.append(texts)
        return list(map(len, texts))

    memory: Memory[int] = Memory(2)
    assert memory.recall(["a", "bb", "a"], lengths) == [1, 2, 1]
    assert memory.recall(["bb", "a"], lengths) == [2, 1]
    assert memory.recall(["c" * 1000], lengths) == [1000]
    assert memory.recall(["bb"], lengths) == [2]
    assert memory.recall([], lengths) == []
    assert asked == [["a", "bb"], ["c" * 1000], ["bb"]]


def test_the_second_network_speaks_where_the_first_hears_something():
    """And nowhere else; what both say meets halfway."""
    first, second = map(table.read_network, (table.FIRST, table.SECOND))
    both = table.Panel(first, second)
    loud, quiet = "ueber fuenf sterne wuerden wir uns sehr freuen.", "der tisch ist 80 cm breit."
    margins = both.scores([loud, quiet]) - both.thresholds
    own = first.scores([loud, quiet]) - first.thresholds
    other = second.scores([loud, quiet]) - second.thresholds
    np.testing.assert_allclose(margins[0], (own[0] + other[0]) / 2, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(margins[1], own[1], rtol=1e-3, atol=1e-3)


def test_networks_of_other_labels_do_not_sit_together():
    """A pack with files of two trainings says so at once."""
    first, second = map(table.read_network, (table.FIRST, table.SECOND))
    second.labels = second.labels[1:]
    with pytest.raises(ValueError, match="other labels"):
        table.Panel(first, second)
