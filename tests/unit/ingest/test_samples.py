"""Every sample file of a helpdesk ends in precedents, macros and named rejects."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.knowledge.ingest import FoundMacro, open_source
from tests.unit.ingest.samples import IMPORTS, reasons, sample, solved

KINDS = {
    "zendesk_tickets.json": "zendesk", "zendesk_macros.json": "zendesk", "gorgias_tickets.json": "gorgias",
    "gorgias_macros.json": "gorgias", "freshdesk_tickets.json": "freshdesk", "freshdesk_canned.json": "freshdesk",
    "own.jsonl": "own_jsonl", "own.csv": "own_csv",
}  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_the_kind_is_seen_by_content(name, kind):
    assert open_source(IMPORTS / name).kind == kind


ACCEPTED = {
    "zendesk_tickets.json": {"70101", "70102", "70103", "70107"},
    "gorgias_tickets.json": {"81001", "81002", "81005"},
    "freshdesk_tickets.json": {"901", "902"},
    "own.jsonl": {"A-1", "A-2", "A-3"},
    "own.csv": {"C-1", "C-3"},
    "mapped.csv": {"11"},
}


@pytest.mark.parametrize(("name", "ids"), ACCEPTED.items())
def test_solved_tickets_become_precedents(name, ids):
    assert solved(sample(name)).keys() == ids


REFUSED = {
    "zendesk_tickets.json": {"70104": "not_solved", "70105": "no_agent_reply", "70106": "merged"},
    "zendesk_macros.json": {"3603": "internal_note", "3604": "inactive", "3605": "no_text"},
    "gorgias_tickets.json": {"81003": "not_solved", "81004": "spam"},
    "gorgias_macros.json": {"413": "no_text"},
    "freshdesk_tickets.json": {"903": "not_solved", "904": "no_agent_reply"},
    "freshdesk_canned.json": {"1003": "no_text"},
    "own.jsonl": {None: "not_json", "A-1": "duplicate_id", "A-5": "unknown_field", "A-6": "missing_field"},
    "own.csv": {"C-2": "no_agent_reply", None: "wrong_columns"},
    "mapped.csv": {"12": "not_solved", "13": "bad_date"},
}


@pytest.mark.parametrize(("name", "expected"), REFUSED.items())
def test_what_is_refused_is_named(name, expected):
    assert reasons(sample(name)) == expected


def test_zendesk_joins_the_complaint_with_what_was_added_and_takes_the_solving_reply():
    """History, signature, notes, automatic answers and the thanks after the solving are no part of the precedent."""
    found = solved(sample("zendesk_tickets.json"))["70101"]
    assert found.problem.startswith("Guten Tag,\n\nmeine Keramiktasse kam heute völlig zersplittert an")
    assert found.problem.endswith("Anbei das Foto. Ersatz bis Samstag wäre mir am liebsten.")
    assert "Lindenallee" not in found.problem
    assert found.reply.endswith("Passt die Zustellung am Freitagvormittag?\n\nViele Grüße\nJana Vogt")
    assert "kranich" not in found.problem + found.reply
    assert (found.csat, found.resolved_at) == (5, datetime(2026, 3, 11, 9, 6, tzinfo=UTC))
    assert found.customer.name == "Friederike Wackernagel"
    assert found.customer.phone == "+49 30 5550148"
    assert found.order_ids == ("MH-2026-004711",)
    assert found.agent_names == ("Jana Vogt", "Tom Ahlers")


def test_an_amazon_mail_is_unwrapped_and_its_channel_told_by_the_relay_address():
    found = solved(sample("zendesk_tickets.json"))["70102"]
    assert found.channel == "amazon"
    assert found.problem.startswith("Seit acht Tagen")
    assert found.problem.endswith("wo bleibt die Lampe?")


def test_gorgias_reads_html_without_its_quote_and_the_orders_of_the_customer():
    found = solved(sample("gorgias_tickets.json"))["81001"]
    assert found.reply.endswith("Viele Grüße\nJana Vogt")
    assert found.csat == 4
    assert found.order_ids == ("#MH2088", "555000111222")


def test_freshdesk_joins_ratings_and_agents_listed_apart():
    found = solved(sample("freshdesk_tickets.json"))["901"]
    assert (found.csat, found.channel, found.agent_names) == (5, "otto", ("Jana Vogt",))
    assert "1. a new lamp, sent tomorrow\n2. your money back" in solved(sample("freshdesk_tickets.json"))["902"].reply


def test_macros_keep_their_placeholders_known_or_not():
    """Judging a placeholder is not the reader's business."""
    bodies = {m.external_id: m.body for m in sample("zendesk_macros.json") if isinstance(m, FoundMacro)}
    assert bodies["3601"].startswith("Guten Tag {{ticket.requester.first_name}},\n\nIhre Bestellung")
    assert "{{refund_amount_unknown}}" in bodies["3602"]


def test_a_german_csv_is_read_by_its_usual_column_names():
    found = solved(sample("own.csv"))["C-1"]
    assert found.problem == 'Die Vase kam "in tausend Teilen" an.\nIch will Ersatz; sofort!'
    assert (found.channel, found.csat, found.cause) == ("amazon", 5, "damaged_in_transit")
    assert found.resolved_at == datetime(2026, 1, 5, 10, 30, tzinfo=UTC)


def test_a_mapping_translates_values_joins_columns_and_knows_time_zones():
    found = solved(sample("mapped.csv"))["11"]
    assert (found.channel, found.csat, found.language) == ("amazon", 5, "de")
    assert found.problem == "Teller gesprungen\n\nBitte um Ersatz bis Montag"
    assert found.resolved_at == datetime(2025, 12, 24, 17, tzinfo=UTC)
