"""Which replies are one wording, and which counts are a spike."""

from __future__ import annotations

from datetime import date

import pytest

from app.knowledge.insights import SentReply, _weeks, grouped, is_spike

A = "Guten Tag {customer_name}, das tut mir leid. Ich schicke Ihnen heute eine neue Lampe. Passt Ihnen das so?"
B = "Hallo {customer_name}, Ihr Paket liegt in der Filiale und wartet dort noch bis Freitag auf Sie."


def replies(*texts: str, language: str = "de") -> list[SentReply]:
    return [SentReply(f"drf_{i}", language, "other", "amazon", text) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "sizes"),
    [
        ([], []),
        ([A], [1]),
        ([A, A, B, A], [3, 1]),
        ([A, A.replace("heute", "morgen"), A.replace("Passt", "Ist")], [3]),
        ([A, A + " " + B], [1, 1]),
        (["Ja.", "Ja.", "Nein."], [2, 1]),
        (["", "", "!"], [3]),
        ([A.upper(), A], [2]),
        ([A] * 300 + [B] * 250, [300, 250]),
        ([f"{A} Nummer {i}." for i in range(300)], [300]),
    ],
)  # fmt: skip
def test_replies_of_one_wording_are_together(texts, sizes):
    """Few changed words do not part them, another matter does; no number of them is too many to count."""
    assert sorted(map(len, grouped(replies(*texts))), reverse=True) == sizes


def test_languages_are_kept_apart():
    """The same words, as far as they are the same, are two proposals."""
    assert len(grouped([*replies("OK, super."), *replies("OK, super.", language="en")])) == 2


@pytest.mark.parametrize(
    ("contacts", "usual", "weeks", "spike"),
    [
        (50, 0.0, 0, False),  # the first week has nothing to stand out from
        (4, 0.0, 3, False),  # too few to call anything
        (5, 0.0, 3, True),
        (10, 10.0, 3, False),
        (19, 10.0, 3, False),  # 10 + 3·√10 = 19.5
        (20, 10.0, 3, True),
        (130, 100.0, 8, False),
        (131, 100.0, 8, True),
    ],
)
def test_a_spike_is_three_deviations_above_usual(contacts, usual, weeks, spike):
    """A count's deviation is its root."""
    assert is_spike(contacts, usual, weeks=weeks) is spike


def test_weeks_before_anybody_wrote_are_no_usual_weeks():
    """A shop's first week is not a spike."""
    counts = [(date(2026, 1, 5), 0), (date(2026, 1, 12), 30), (date(2026, 1, 19), 32)]
    told = list(_weeks("other", counts, date(2026, 1, 12)))
    assert [(row.usual, row.spike) for row in told] == [(0.0, False), (0.0, False), (30.0, False)]
