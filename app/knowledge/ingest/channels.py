"""Their names of channels to ours."""

from __future__ import annotations

import re
from collections.abc import Iterable

CHANNELS = (
    "amazon", "ebay", "walmart", "shopify", "shop_email", "otto", "kaufland", "zalando", "etsy", "bol", "temu",
    "cdiscount", "chat",
)  # fmt: skip
_MARKETPLACES = tuple(c for c in CHANNELS if c not in {"shop_email", "chat", "shopify"})
_WORDS = {name: re.compile(rf"(?<![a-z]){name}(?![a-z])") for name in _MARKETPLACES}
_CHAT = frozenset({
    "chat", "messaging", "native_messaging", "live_chat", "livechat", "web_messaging", "web_widget", "whatsapp",
    "facebook", "facebook_messenger", "facebook-messenger", "messenger", "instagram", "instagram_dm",
    "instagram-direct-message", "instagram_direct", "telegram", "line", "viber", "sms", "sunshine_conversations_api",
    "sunshine_conversations", "gorgias_chat", "gorgias-chat", "feedback_widget", "mobile_sdk", "twitter_dm",
})  # fmt: skip
_OWN_MAIL = frozenset({
    "email", "e-mail", "mail", "web", "web_form", "form", "portal", "api", "help-center", "help_center", "helpcenter",
    "contact-form", "contact_form", "mobile", "phone", "voice", "aircall", "closed_ticket", "mail_to_ticket",
    "outbound_email", "outbound-email", "internal-note", "shop", "webshop", "onlineshop", "kontaktformular",
})  # fmt: skip


def channel_of(names: Iterable[str | None]) -> str:
    """The first marketplace any of the names speaks of, else chat, else the shop's own mail.

    A relay address (`…@marketplace.amazon.de`) tells a marketplace even where the helpdesk only says `email`.
    """
    known = [name.strip().lower() for name in names if name]
    for name in known:
        if name in CHANNELS:
            return name
    for name in known:
        for marketplace, word in _WORDS.items():
            if word.search(name):
                return marketplace
    if any("shopify" in name for name in known):
        return "shopify"
    return "chat" if any(name in _CHAT for name in known) else "shop_email"


def relay_domain(email: str | None) -> str | None:
    """The part of an address that can name a marketplace; the part before the @ is the customer's."""
    return email.rpartition("@")[2] if email and "@" in email else None


def known_channel(name: str) -> str | None:
    """Our channel for a name of their list, None for a name that says nothing."""
    lowered = name.strip().lower()
    if lowered in _OWN_MAIL or lowered in {"", "unknown"}:
        return "shop_email"
    found = channel_of([lowered])
    return None if found == "shop_email" and lowered != "shop_email" else found
