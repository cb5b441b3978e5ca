"""Every field of a request, filled with what nobody expects: refused or answered, never a 500."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from app.drafts.examples import DRAFT

FULL: dict[str, Any] = copy.deepcopy(DRAFT["damaged_parcel"]["value"])
FULL["ticket"]["messages"][0]["sent_at"] = "2026-11-20T09:12:00Z"
FULL["ticket"]["order"] |= {
    "promised_by": "2026-11-18", "carrier": "DHL", "tracking_number": "00340434161094042557", "notes": "keine",
    "tracking": {"status": "in_transit", "location": "Köln", "eta": "2026-11-22", "updated_at": "2026-11-20T09:12:00Z"},
    "refund": {"state": "issued", "amount": {"amount": "19.90", "currency": "EUR"}, "at": "2026-11-19", "reason": "x"},
}  # fmt: skip
FULL["ticket"] |= {"subject": "Tasse", "language": "de", "custom": {"k": "v"},
                   "history": [{"at": "2026-10-02", "summary": "Lieferung kam spät", "cause": "carrier_delay"}]}  # fmt: skip
FULL |= {"register": "sie", "instruction": "kurz", "actions_done": ["checked_tracking"], "prompt": "reply@1"}

NASTY: dict[str, Any] = {
    "nothing": None, "empty": "", "blanks": " \n\t", "NUL": "a\x00b", "bidi": "\u202eabc\u202c", "zero width": "\u200b" * 50,
    "emoji": "👩‍👩‍👧‍👦🏴‍☠️" * 20, "markup": "<script>alert(1)</script>", "template": "{{7*7}} ${x} {order_id} [Ankunftsdatum] %s",
    "SQL": "'; DROP TABLE drafts; --", "long": "x" * 20_000, "combining": "a" + "\u0301" * 500, "first day": "0001-01-01",
    "last day": "9999-12-31T23:59:59Z", "no zone": "2026-11-20T09:12:00", "huge number": 10**30, "negative": -1, "float": 1e308,
    "flag": True, "list": [], "object": {}, "letters": "ẞﬁ①𝐀Ａ", "line ends": "a\r\nb\rc\u2028d",
}  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, leaves and containers."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ([path] if path else []) + [p for key, item in items for p in paths(item, (*path, key))]


def placed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    body = copy.deepcopy(FULL)
    target: Any = body
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return body


@pytest.mark.parametrize("name", NASTY)
async def test_no_value_in_any_field_breaks_the_service(client, name):
    """A draft or a problem; where it is a draft, it has been reviewed."""
    for path in paths(FULL):
        response = await client.post("/v1/drafts", json=placed(path, NASTY[name]))
        assert response.status_code in {201, 422}, (path, response.text[:300])
        if response.status_code == 201:
            draft = response.json()
            assert (draft["text"] is None) == (draft["status"] == "blocked"), path
        else:
            assert response.json()["errors"], path


@pytest.mark.parametrize(
    "path",
    ["/v1/drafts/%00", "/v1/drafts/a%20b", "/v1/drafts?ticket_id=%00", "/v1/drafts/%ff", "/v1/drafts?ticket_id="],
)
async def test_hostile_addresses_are_refused(client, path):
    """Before they reach the database."""
    assert (await client.get(path)).status_code in {404, 422}
