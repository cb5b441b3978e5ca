"""Keeping data apart from instructions: a fence nobody can guess, around text that cannot look like a fence.

A prompt writes `<data-3f9c12ab what="message">…</data-3f9c12ab>`; the suffix is drawn anew for every request. Text that
goes inside loses everything a model might take for the end of the fence or for a chat template's own marks.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

# Tags and chat-template marks: <tag>, </tag>, <|im_end|>, <<SYS>>, [INST]. A lone "<" ("< 50 €", "<3") is harmless.
_TAG = re.compile(r"<(?=[\s/|!?<]{0,5}[A-Za-z_|])|(?<=[A-Za-z0-9_|/\"'>])>")
_INST = re.compile(r"\[(/?[A-Z_]{3,20})\]")
_FENCED_CODE = re.compile(r"`{3,}|~{3,}")
_ROLE_LINE = re.compile(
    r"^([ \t]{0,8}#{0,6}[ \t]{0,3})(system|assistant|user|human|developer)([ \t]{0,3}:)", re.IGNORECASE | re.MULTILINE
)
_LOOKALIKES = str.maketrans({"＜": "‹", "＞": "›", "﹤": "‹", "﹥": "›", "{": "(", "}": ")"})
_INVISIBLE = frozenset({"Cf", "Co", "Cn"})  # zero-width, direction marks, tag characters: text a reader cannot see
_BLANK_LINES = re.compile(r"\n[ \t]{0,20}(?:\n[ \t]{0,20}){2,}")


def new_fence() -> str:
    """The suffix of this request's fence."""
    return secrets.token_hex(4)


def harmless(text: str) -> str:
    """Text that may stand inside a fence. Braces become brackets: a slot in a customer's words is no slot of ours."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    visible = plain.translate(_LOOKALIKES)
    # A text has few different characters: asking each of them once is forty times quicker than asking all.
    if hidden := [char for char in set(visible) if unicodedata.category(char) in _INVISIBLE]:
        visible = visible.translate(dict.fromkeys(map(ord, hidden)))
    visible = _TAG.sub(lambda m: "‹" if m.group() == "<" else "›", visible)
    visible = _INST.sub(r"(\1)", visible)
    visible = _FENCED_CODE.sub("'''", visible)
    visible = _ROLE_LINE.sub(r"\1“\2”\3", visible)
    return _BLANK_LINES.sub("\n\n", visible).strip()
