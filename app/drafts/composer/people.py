"""Greeting and signature: who is spoken to, and who speaks."""

from __future__ import annotations

import re

from app.drafts.composer.bank import load
from app.drafts.composer.scene import Scene

_NAME_WORD = re.compile(r"^[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_]+)*\.?$")
_CONTACT_LINE = re.compile(
    r"@|https?:|www\.|\b[\w-]{2,40}\.(?:de|com|at|ch|net|org|eu|shop|io|co)\b|(?:\d[\s()/+-]{0,3}){6}", re.IGNORECASE
)
_SYMBOL = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200d]")
_BLANKS = re.compile(r"\n{2,}")
_SLOT = re.compile(r"\{([a-z_]{1,30})\}")
_SIGNATURE_SLOTS = frozenset({"agent_name", "shop_name"})
_MOST_NAME_WORDS = 4
_INITIALS = 2


def greeting(scene: Scene) -> str:
    """Return the line the reply begins with; without a usable name it greets without one."""
    words = scene.phrases("people")
    name = addressed(scene.case.ticket.customer.name, scene)
    style = "du" if scene.pen.register == "du" else "sie"
    if name is None:
        return str(words["greeting"][style]["plain"])
    return str(words["greeting"][style]["named"]).replace("{name}", name)


def addressed(name: str | None, scene: Scene) -> str | None:
    """Return how the customer is addressed: "Frau Keller", "Max Huber", in `du` and English "Max"; None if unusable."""
    parts = _name_parts(name)
    if not parts:
        return None
    words = scene.phrases("people")
    titles: dict[str, str] = words["titles"]
    title = titles.get(parts[0].lower().rstrip("."))
    if title is not None:
        return _titled(title, parts[1:], scene)
    rest = [part for part in parts if part.lower().rstrip(".") not in words["degrees"]]
    if not rest:
        return None
    first_only = scene.language == "en" or scene.pen.register == "du"
    return rest[0] if first_only and len(rest[0].rstrip(".")) > 1 else " ".join(parts)


def _titled(title: str, rest: list[str], scene: Scene) -> str | None:
    """With "Frau", the last name stays; in `du` a title would jar, so the reply greets without a name."""
    if not rest or (scene.pen.register == "du" and scene.language == "de"):
        return None
    degrees = scene.phrases("people")["degrees"]
    kept = rest if rest[0].lower().rstrip(".") in degrees or len(rest) == 1 else [rest[-1]]
    return f"{title} {' '.join(kept)}".strip()


def _name_parts(name: str | None) -> list[str]:
    """Return the words of a person's name, in spoken order and with capitals; nothing for user names and firms."""
    text = _SYMBOL.sub("", " ".join((name or "").split()))
    if "," in text:
        last, _, first = text.partition(",")
        text = f"{first.strip()} {last.strip()}"
    parts = text.split()
    if not 0 < len(parts) <= _MOST_NAME_WORDS or not all(_NAME_WORD.match(part) for part in parts):
        return []
    if any(part.lower().rstrip(".") in load("people")["no_names"] for part in parts) or any(
        _is_camel(part) for part in parts
    ):
        return []
    return [_spelled(part) for part in parts]


def _spelled(part: str) -> str:
    """A name with its capital; short words in capitals may be initials and stay."""
    if part in load("people")["particles"]:
        return part
    if len(part) > _INITIALS and (part.isupper() or part.islower()):
        return part.title()
    return part[0].upper() + part[1:]


def _is_camel(part: str) -> bool:
    """Whether capitals stand inside a word as in user names; "McKay" and "O'Neil" are names."""
    inner = sum(letter.isupper() for letter in part[1:])
    return inner > 1 and not part.isupper()


def signature(scene: Scene) -> str:
    """Return the closing line and who signs: the shop's own signature, else agent and shop."""
    words = scene.phrases("people")
    style = "du" if scene.pen.register == "du" else "sie"
    own = scene.case.profile.signatures.get(scene.language)
    if own and (kept := _own_signature(own, scene)):
        return kept if _has_closing(kept, words) else f"{words['closing'][style]}\n{kept}"
    lines = [text for text in (scene.case.agent_name, scene.case.profile.name) if text and text.strip()]
    names = "\n".join(_plain(" ".join(line.split())) for line in lines)
    return f"{words['closing'][style]}\n{names or words['nobody'][style]}"


def _own_signature(text: str, scene: Scene) -> str:
    """The shop's signature without what the channel would refuse: contact lines (off the own shop), symbols, gaps."""
    kept = [line.strip() for line in text.replace("\r", "").split("\n")]
    if not scene.own_shop:
        kept = [line for line in kept if not _CONTACT_LINE.search(line)]
    joined = _BLANKS.sub("\n", _SYMBOL.sub("", "\n".join(kept))).strip()
    return _in_register(_plain(joined), scene)


def _plain(text: str) -> str:
    """Braces that are no slot of a signature become parentheses, so that nothing is filled that was not meant."""
    marked = _SLOT.sub(lambda m: f"\0{m[1]}\1" if m[1] in _SIGNATURE_SLOTS else m[0], text)
    return marked.replace("{", "(").replace("}", ")").replace("\0", "{").replace("\1", "}")


def _in_register(text: str, scene: Scene) -> str:
    """A letter in `Sie` is signed by "Ihr Team", one in `du` by "Dein Team"."""
    if scene.language != "de":
        return text
    old, new = (("Ihr", "Dein"), ("Dein", "Ihr"))[scene.pen.register == "sie"]
    return re.sub(rf"(?m)^{old}(e?)(?= )", rf"{new}\1", text)


def _has_closing(text: str, words: dict[str, list[str]]) -> bool:
    low = text.lower()
    return any(low.startswith(word) for word in words["closings"])
