"""Search: by meaning and by words, in either language; doubles behind one another; a score one can explain."""

from __future__ import annotations

import pytest

from tests.integration.knowledge.support import found, solved, take_in

SHELF = [
    solved("lid", "Der Deckel der Thermoskanne schließt nicht mehr.", signed=False),
    solved(
        "late",
        "Die Lieferverzögerung ist unerträglich, seit drei Wochen warte ich.",
        signed=False,
        cause="carrier_delay",
    ),
    solved(
        "invoice",
        "Bitte schicken Sie mir eine Rechnung mit ausgewiesener Mehrwertsteuer.",
        signed=False,
        cause="invoice",
    ),
    solved(
        "english",
        "The glass of the picture frame arrived shattered.",
        signed=False,
        language="en",
        cause="damaged_in_transit",
    ),
]


@pytest.fixture
async def shelf(rooms, client):
    await take_in(rooms, client, *SHELF)
    return client


def names(hits: list[dict]) -> list[str]:
    return [hit["external_id"] for hit in hits]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("Verzögerung der Sendung", "late"),
        ("Der Deckel meiner Kanne geht nicht zu", "lid"),
        ("I need an invoice with value added tax", "invoice"),
        ("Der gläserne Bilderrahmen kam zersplittert an", "english"),
    ],
)
async def test_the_right_precedent_is_nearest(shelf, query, wanted):
    """In the language of the ticket or in the other."""
    assert names([h for h in await found(shelf, query) if h["explain"]["dense_rank"] == 1]) == [wanted]


async def test_a_compound_is_found_lexically_by_its_part(shelf):
    """ "Lieferverzögerung" by "Verzögerung": the word list holds it, not only the vector."""
    ranks = {h["external_id"]: h["explain"]["lexical_rank"] for h in await found(shelf, "Verzögerung")}
    assert ranks["late"] == 1
    assert {rank for name, rank in ranks.items() if name != "late"} == {None}


async def test_a_compound_in_the_query_finds_its_part(rooms, client):
    """The other way round."""
    await take_in(
        rooms, client, solved("late", "Diese Verzögerung ist ärgerlich."), solved("cable", "Das Kabel fehlt.")
    )
    ranks = {h["external_id"]: h["explain"]["lexical_rank"] for h in await found(client, "Lieferverzögerung")}
    assert ranks == {"late": 1, "cable": None}


async def test_a_precedent_in_another_language_says_so(shelf):
    """German asks, English answers: other_language; the German ones are not marked."""
    hits = {h["external_id"]: h for h in await found(shelf, "Der Bilderrahmen kam zerbrochen an")}
    assert hits["english"]["other_language"] is True
    assert hits["english"]["language"] == "en"
    assert hits["lid"]["other_language"] is False


async def test_doubles_stand_behind_the_best_of_them(rooms, client):
    """Three tellings of one matter are one result that names the two others; a different ticket stays beside it."""
    same = [solved(f"D-{i}", "Die Tasse hat einen Sprung am Rand, so geht das nicht.") for i in range(3)]
    await take_in(rooms, client, *same, solved("other", "Der Rand der Schüssel hat Farbe verloren."))
    hits = await found(client, "Sprung am Rand der Tasse", k=5)
    assert len(hits) == 2
    doubled = next(h for h in hits if h["external_id"].startswith("D-"))
    assert len(doubled["collapsed"]) == 2
    assert doubled["id"] not in doubled["collapsed"]


async def test_a_score_is_its_parts_and_boosts_can_be_switched_off(shelf):
    """?explain=true tells ranks, distance and parts; without boosts only the two lists are left."""
    with_boosts = (await found(shelf, "Rechnung mit Mehrwertsteuer", channel="amazon"))[0]["explain"]
    assert (with_boosts["dense_rank"], with_boosts["lexical_rank"]) == (1, 1)
    assert 0 <= with_boosts["distance"] < 1
    assert {"dense", "lexical", "language", "channel", "outcome", "recency"} <= set(with_boosts["parts"])
    without = (await found(shelf, "Rechnung mit Mehrwertsteuer", channel="amazon", boosts=False))[0]["explain"]
    assert set(without["parts"]) == {"dense", "lexical"}


async def test_explanations_are_given_on_request_only(shelf):
    """Without ?explain the answer says what was found and no more."""
    answer = await shelf.post("/v1/knowledge/search", json={"query": "Rechnung"})
    assert answer.json()["results"][0]["explain"] is None
    assert set(answer.json()["timings_ms"]) == {"embed", "database", "total"}


async def test_kinds_and_number_are_as_asked_for(shelf):
    """`kinds` and `k` hold; there are no macros here."""
    assert await found(shelf, "Rechnung", kinds=["macro"]) == []
    assert len(await found(shelf, "Rechnung", kinds=["ticket"], k=2)) == 2


async def test_words_still_search_while_the_provider_is_away(rooms, shelf, monkeypatch):
    """No vector, no dense rank, and an answer all the same."""
    from app.errors import Unavailable

    async def away(_texts: object) -> None:
        raise Unavailable

    monkeypatch.setattr(rooms.knowledge.serving.embedder, "embed", away)
    hit = (await found(shelf, "Rechnung mit Mehrwertsteuer, bitte!"))[0]
    assert (hit["external_id"], hit["explain"]["dense_rank"]) == ("invoice", None)


@pytest.mark.parametrize(
    "query",
    [
        "'", "\\", "'' OR 1=1 --", "a'b\\c & d | !e:*", "tenant:", "%s %(x)s {0}", ":vector :model", "<->", "😀", " \t ",
        "x" * 4000, "\u202eRechnung", "$$;DROP TABLE precedents;$$", "''':*\\' | 'x", "http://a.b/c?d='e'\\f",
    ],
)  # fmt: skip
async def test_a_query_may_hold_anything(shelf, query):
    """Signs of SQL, of tsquery, of formats: an answer, never a failure."""
    answer = await shelf.post("/v1/knowledge/search", json={"query": query, "language": "de"})
    assert answer.status_code == 200, answer.text


async def test_tenants_find_their_own_only(rooms, shelf, new_tenant):
    """The same question over another's shelf finds nothing."""
    assert await found(await new_tenant(), "Rechnung mit Mehrwertsteuer") == []
