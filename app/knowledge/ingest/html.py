"""An HTML body as the text a reader sees: lines, lists and link texts stay, quoted history and hidden parts go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_LOOKS_LIKE = re.compile(
    r"<(?:html|body|div|p|br|span|table|ul|ol|li|b|strong|i|em|a|font|blockquote|h[1-6])\b[^<>]{0,2000}>", re.IGNORECASE
)
_HIDDEN_TAGS = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg", "iframe"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "hr", "dl"})
_LINES = frozenset(
    {"div", "tr", "section", "article", "header", "footer", "address", "dt", "dd", "center", "form", "li"}
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_QUOTE_CLASS = re.compile(
    r"\b(?:gmail_quote|gmail_quote_container|gmail_extra|gmail_attr|gmail_signature|yahoo_quoted|moz-cite-prefix"
    r"|moz-signature|protonmail_quote|protonmail_signature_block|tutanota_quote|OutlookMessageHeader"
    r"|gorgias-reply|freshdesk_quote|zendesk-quote)\b"
)
_REST_IDS = frozenset({"divRplyFwdMsg", "appendonsend", "reply-intro", "mail-editor-reference-message-container"})
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f]")
_BREAKS = re.compile(r" *[\x01-\x03][ \x01-\x03]*")
_LINE, _PARAGRAPH, _BREAK = "\x01", "\x02", "\x03"


def looks_like_html(text: str) -> bool:
    """A tag that mail programs write; a lone `<` or `<name@host>` is none."""
    return _LOOKS_LIKE.search(text) is not None


def html_to_text(markup: str) -> str:
    """What is newly written; where that is nothing (a mail that is forwarded whole), everything."""
    root = _parse(markup)
    if root is None:
        return ""
    return _text(root, with_quotes=False) or _text(root, with_quotes=True)


def _parse(markup: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return etree.fromstring(_INVISIBLE.sub("", markup).encode("utf-8", "ignore"), parser)
    except etree.XMLSyntaxError:  # nothing in it that is an element or text
        return None


def _text(root: etree._Element, *, with_quotes: bool) -> str:
    joined = _SPACES.sub(" ", "".join(_pieces(root, with_quotes=with_quotes)))
    return _BREAKS.sub(_break, joined).strip()


def _break(found: re.Match[str]) -> str:
    """An empty line where a browser shows one: a paragraph, two line breaks, or a block that holds only a break."""
    run = found.group().replace(" ", "")
    return "\n\n" if _PARAGRAPH in run or run.count(_BREAK) > 1 or _LINE + _BREAK in run else "\n"


def _pieces(root: etree._Element, *, with_quotes: bool) -> Iterator[str]:
    """Text and break marks in reading order, without recursion: mails nest tables hundreds deep."""
    hidden: etree._Element | None = None
    numbers: list[int] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start" and hidden is None:
            if not with_quotes and element.get("id") in _REST_IDS:
                return
            if _is_hidden(element, with_quotes=with_quotes):
                hidden = element
                continue
            yield _before(element, numbers)
            yield element.text or ""
        elif event == "end" and hidden in {None, element}:
            yield "" if hidden is element else _after(element, numbers)
            yield element.tail or ""
            hidden = None


def _is_hidden(element: etree._Element, *, with_quotes: bool) -> bool:
    if element.tag in _HIDDEN_TAGS or "hidden" in element.attrib or _HIDDEN_STYLE.search(element.get("style", "")):
        return True
    if with_quotes:
        return False
    return element.tag == "blockquote" or _QUOTE_CLASS.search(element.get("class", "")) is not None


def _before(element: etree._Element, numbers: list[int]) -> str:
    """The mark before an element; `numbers` counts the points of each open list, below zero where it has bullets."""
    match element.tag:
        case "br":
            return _BREAK
        case "ol":
            numbers.append(0)
        case "ul":
            numbers.append(-1)
        case "li":
            if not numbers or numbers[-1] < 0:
                return f"{_LINE}- "
            numbers[-1] += 1
            return f"{_LINE}{numbers[-1]}. "
    return _mark(element.tag)


def _after(element: etree._Element, numbers: list[int]) -> str:
    if element.tag in {"ol", "ul"} and numbers:
        numbers.pop()
    return " " if element.tag in {"td", "th"} else _mark(element.tag)


def _mark(tag: object) -> str:
    return _PARAGRAPH if tag in _PARAGRAPHS else _LINE if tag in _LINES else ""
