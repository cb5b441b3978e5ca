"""Keeping data apart from instructions: a fence nobody can guess, around text that cannot look like a fence.

A prompt writes `<data-3f9c12ab what="message">…</data-3f9c12ab>`; the suffix is drawn anew for every request. Text that
goes inside loses everything a model might take for the end of the fence or for a chat template's own marks.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import lru_cache

# Tags and chat-template marks: <tag>, </tag>, <|im_end|>, <<SYS>>, [INST]. A lone "<" ("< 50 €", "<3") is harmless.
_TAG = re.compile(r"<(?=[\s/|!?<]{0,5}[A-Za-z_|])|(?<=[A-Za-z0-9_|/\"'>])>")
_INST = re.compile(r"\[(/?[A-Z_]{3,20})\]")
_FENCED_CODE = re.compile(r"`{3,}|~{3,}")
_ROLE_LINE = re.compile(
    r"^([ \t]{0,8}#{0,6}[ \t]{0,3})(system|assistant|user|human|developer)([ \t]{0,3}:)", re.IGNORECASE | re.MULTILINE
)
_LOOKALIKES = {"＜": "‹", "＞": "›", "﹤": "‹", "﹥": "›", "{": "(", "}": ")"}
_INVISIBLE = frozenset({"Cf", "Co", "Cn"})  # zero-width, direction marks, tag characters: text a reader cannot see
_BLANK_LINES = re.compile(r"\n[ \t]{0,20}(?:\n[ \t]{0,20}){2,}")


def new_fence() -> str:
    """The suffix of this request's fence."""
    return secrets.token_hex(4)


def harmless(text: str) -> str:
    """Text that may stand inside a fence. Braces become brackets: a slot in a customer's words is no slot of ours."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    # A text has few different characters: what none of them can begin need not be looked for in all of it.
    there = set(plain)
    if changed := {ord(char): as_ for char in there if (as_ := _instead(char)) != char}:
        plain = plain.translate(changed)
    if not there.isdisjoint("<>"):
        plain = _TAG.sub(lambda m: "‹" if m.group() == "<" else "›", plain)
    if "[" in there:
        plain = _INST.sub(r"(\1)", plain)
    if not there.isdisjoint("`~"):
        plain = _FENCED_CODE.sub("'''", plain)
    if ":" in there:
        plain = _ROLE_LINE.sub(r"\1“\2”\3", plain)
    return _BLANK_LINES.sub("\n\n", plain).strip()


@lru_cache(maxsize=4096)
def _instead(char: str) -> str:
    """What stands for a character: nothing for one that nobody sees."""
    return _LOOKALIKES.get(char, "" if unicodedata.category(char) in _INVISIBLE else char)
