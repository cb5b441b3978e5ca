"""The values facts give to slots: what `{order_id}` and its like are filled with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from app.drafts.composer.clock import reply_time
from app.drafts.composer.facts import Facts
from app.drafts.composer.formats import day_or_none, money
from app.drafts.composer.scene import set_scene
from app.drafts.model import Case
from app.ticket import Resolution

_CONTROL = re.compile(r"[\x00-\x1f\x7f{}\[\]<>]+")


def slot_values(case: Case) -> Mapping[str, str]:
    """Return every slot the case can fill, in the language of the reply. Values hold no braces, brackets or line breaks
    except a return address, whose lines are kept.
    """
    return case.once(_slot_values)


def _slot_values(case: Case) -> Mapping[str, str]:
    scene = set_scene(case)
    found = {name: make(case, scene.facts, scene.language) for name, make in _MAKERS.items()}
    values = {
        name: _CONTROL.sub(" ", value).strip() for name, value in found.items() if value and name != "return_address"
    }
    if address := (case.profile.return_address or "").strip():
        values["return_address"] = "\n".join(
            _CONTROL.sub(" ", line).strip() for line in address.splitlines() if line.strip()
        )
    return {name: value for name, value in values.items() if value}


def _arrival(case: Case, facts: Facts, language: str) -> str | None:
    dates = [r.arrives_by for r in case.resolutions if r.arrives_by]
    found = dates[0] if dates else facts.eta
    return day_or_none(found, language, facts.today)


def _refund_amount(case: Case, facts: Facts, language: str) -> str | None:
    offered = [r.amount for r in case.resolutions if r.amount and _is_money_back(r)]
    amount = offered[0] if offered else facts.refund.amount if facts.refund else None
    return money(amount, language) if amount else None


def _is_money_back(resolution: Resolution) -> bool:
    return resolution.type in ("refund", "partial_refund", "return", "cancellation")


def _product(case: Case, _facts: Facts, _language: str) -> str | None:
    naming = set_scene(case).naming
    return naming.title or (naming.product.bare if naming.product else None)


_Maker = Callable[[Case, Facts, str], str | None]
_MAKERS: dict[str, _Maker] = {
    "order_id": lambda _c, f, _l: f.order.id,
    "tracking_number": lambda _c, f, _l: f.order.tracking_number,
    "tracking_url": lambda _c, f, _l: f.order.tracking_url,
    "carrier": lambda _c, f, _l: f.order.carrier,
    "customer_name": lambda c, _f, _l: c.ticket.customer.name,
    "product": _product,
    "arrival_date": _arrival,
    "promised_date": lambda _c, f, lang: day_or_none(f.promised, lang, f.today),
    "order_date": lambda _c, f, lang: day_or_none(f.placed, lang, f.today),
    "location": lambda _c, f, _l: f.location,
    "refund_amount": _refund_amount,
    "refund_date": lambda _c, f, lang: day_or_none(f.refund_at, lang, f.today),
    "agent_name": lambda c, _f, _l: c.agent_name,
    "shop_name": lambda c, _f, _l: c.profile.name,
    "reply_time": lambda c, _f, lang: reply_time(c, lang),
}
