"""The shop itself: what a reply may name as the shop's own, and how it speaks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.ticket import Frozen, LongText, Register, Resolution, ShortText

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Voice(Frozen):
    """How the brand sounds: a few adjectives, and words it never uses."""

    adjectives: Annotated[tuple[ShortText, ...], Field(max_length=10)] = ()
    forbidden_words: Annotated[tuple[ShortText, ...], Field(max_length=200)] = ()


class OpeningHours(Frozen):
    """When people answer: one span a weekday, in the shop's own time zone (IANA name)."""

    time_zone: ShortText = "Europe/Berlin"
    days: dict[Weekday, tuple[ClockTime, ClockTime]] = Field(default_factory=dict)


class Profile(Frozen):
    """A shop's profile. What a policy allows "of the shop" is what stands here."""

    name: ShortText | None = None
    domains: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    email: ShortText | None = None
    phone: ShortText | None = None
    carriers: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    signatures: dict[Language, LongText] = Field(default_factory=dict)
    registers: dict[Language, Register] = Field(default_factory=dict)
    voice: Voice = Voice()
    opening_hours: OpeningHours | None = None
    return_address: LongText | None = None
    default_resolutions: Annotated[tuple[Resolution, ...], Field(max_length=20)] = ()
