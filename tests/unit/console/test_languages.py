"""Both languages say everything, and every page can be rendered from its templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.console.pages import environment
from app.console.wording import _GROUPS
from app.ticket import Cause, Kind, ResolutionType
from app.triage.model import Sentiment
from reply_guards.policy import load_policies

CONSOLE = Path(__file__).parents[3] / "app" / "console"
KEYWORDS = {"_": None, "ngettext": (1, 2), "mark": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}


@pytest.fixture(scope="module")
def german():
    with (CONSOLE / "locale" / "de" / "LC_MESSAGES" / "console.po").open("rb") as file:
        return read_po(file, locale="de")


@pytest.fixture(scope="module")
def sentences():
    found = extract_from_dir(str(CONSOLE), method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS)
    return {m[0] if isinstance(m, tuple) else m for _, _, m, _, _ in found}


def test_every_sentence_has_its_german(german, sentences):
    """None is missing, none is left over, none is empty."""
    known = {(m.id[0] if isinstance(m.id, tuple) else m.id): m for m in german if m.id}
    assert set(known) == sentences
    assert all(all(m.string) if isinstance(m.string, tuple) else m.string for m in known.values())


def test_translations_keep_their_places_for_values(german):
    """`%(count)s` stays where it was; a bare per cent sign would break the page."""
    for message in german:
        ids, strings = ([x] if isinstance(x, str) else list(x) for x in (message.id, message.string))
        wanted = {p for text in ids for p in re.findall(r"%\(\w+\)s", text)}
        for text in strings:
            assert set(re.findall(r"%\(\w+\)s", text)) <= wanted
            assert "%" not in re.sub(r"%\(\w+\)s", "", text)


@pytest.mark.parametrize(
    ("group", "codes"),
    [("cause", Cause), ("kind", Kind), ("resolution", ResolutionType), ("sentiment", Sentiment)],
)
def test_every_code_has_words(group, codes):
    """A cause or kind that is added shows up here first."""
    assert set(_GROUPS[group]) == set(codes.__args__)


def test_every_family_of_rules_and_every_policy_has_words():
    """The rules page names them all."""
    families = {r.family for p in load_policies().values() for r in p.rules.values()}
    assert families <= set(_GROUPS["family"])
    assert set(load_policies()) <= set(_GROUPS["channel"])


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_template_compiles(language):
    """And none of them holds an inline script, style or handler, which the page's policy would refuse."""
    for path in sorted((CONSOLE / "templates").glob("*.html")):
        environment(language).get_template(path.name)
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?! src)|<style|\sstyle=|\son[a-z]+=|\|safe|hx-on|javascript:", source), path.name


def test_scripts_write_text_only_as_text():
    """Our own scripts never build markup from strings."""
    for name in ("console.js", "desk.js"):
        source = (CONSOLE / "static" / name).read_text(encoding="utf-8")
        assert not re.search(
            r"\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source
        ), name
