"""What the scripted model says: four steps that fit every ticket of the benches, as the events of a stream."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

_ENGLISH = {
    "acknowledge": "I am sorry that your order has caused you so much trouble, and that nobody answered you sooner. I "
    "understand how annoying this is, above all when you had been looking forward to it.",
    "own": "I am taking care of this for you myself and I will keep an eye on it until it is settled.",
    "propose": "I can refund you {refund_amount} or send you a replacement. You need not send anything back in either "
    "case, whichever of the two you prefer.",
    "ask": "Which of the two would you like, the refund or the replacement?",
}
_GERMAN = {
    "acknowledge": "es tut mir leid, dass Sie mit Ihrer Bestellung so viel Ärger haben und dass Ihnen niemand früher "
    "geantwortet hat. Ich verstehe gut, wie ärgerlich das ist, zumal Sie sich darauf gefreut hatten.",
    "own": "Ich kümmere mich selbst darum und behalte Ihren Fall im Blick, bis alles geklärt ist.",
    "propose": "Ich kann Ihnen {refund_amount} erstatten oder Ihnen einen Ersatz schicken. Zurücksenden müssen Sie in "
    "beiden Fällen nichts, ganz gleich, wofür Sie sich entscheiden.",
    "ask": "Was ist Ihnen lieber, die Erstattung oder der Ersatz?",
}
_TOKEN = 2  # characters: some 300 pieces an answer, as many as a wordy model's
_BASE = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}


@dataclass(frozen=True, slots=True)
class Script:
    """One answer: whole, and as events; `steps` are the events that complete the string of a step."""

    whole: bytes
    events: tuple[bytes, ...]
    steps: tuple[int, ...]


def script_for(body: bytes) -> Script:
    """The answer in the language the prompt asks for."""
    return _script(german=b"German" in body)


def steps_in(*, german: bool) -> dict[str, str]:
    """The four steps in one of the two languages."""
    return _GERMAN if german else _ENGLISH


@cache
def _script(*, german: bool) -> Script:
    steps = steps_in(german=german)
    text = "{"
    ends: list[int] = []
    for name, value in steps.items():
        text += f"{', ' if ends else ''}{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        ends.append(len(text) - 1)  # where the closing quote stands
    text += "}"
    tokens = [text[i : i + _TOKEN] for i in range(0, len(text), _TOKEN)]
    usage = {"prompt_tokens": 1500, "completion_tokens": len(tokens), "total_tokens": 1500 + len(tokens)}
    choices = [{"index": 0, "delta": {"role": "assistant", "content": t}, "finish_reason": None} for t in tokens]
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    told: list[dict[str, Any]] = [{**_BASE, "choices": [choice]} for choice in (*choices, last)]
    events = [json.dumps(one).encode() for one in (*told, {**_BASE, "choices": [], "usage": usage})]
    message = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    whole = json.dumps({**_BASE, "object": "chat.completion", "choices": [message], "usage": usage}).encode()
    return Script(whole, tuple(_framed(e) for e in (*events, b"[DONE]")), tuple(end // _TOKEN for end in ends))


def _framed(event: bytes) -> bytes:
    data = b"data: " + event + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(data), data)
