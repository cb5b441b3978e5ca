"""The command line as a person uses it: output, clear errors, exit codes."""

from __future__ import annotations

import json

import pytest

from tests.integration.conftest import ticket
from tests.integration.processes import run

BAD_REPLY = "Danke für Ihre Geduld!\nÜber fünf Sterne würden wir uns sehr freuen: www.mein-shop.example\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("cli")


def test_help_lists_the_commands(home):
    """Every command is named."""
    result = run(home, "--help")
    assert result.returncode == 0
    for name in ("serve", "worker", "draft", "check", "key", "db", "settings", "rules"):
        assert name in result.stdout


def test_check_shows_findings_like_a_linter(home):
    """Place, severity, rule, the line with carets; exit code 1."""
    result = run(home, "check", "--channel", "amazon", "--part", "compliance", stdin=BAD_REPLY)
    assert result.returncode == 1
    assert "<stdin>:2:" in result.stdout
    assert "feedback." in result.stdout
    assert "links." in result.stdout
    lines = result.stdout.splitlines()
    marked = [i for i, line in enumerate(lines) if line.strip() and set(line.strip()) == {"^"}]
    spans = [lines[i - 1][lines[i].index("^") : lines[i].rindex("^") + 1] for i in marked]
    assert any("mein-shop.example" in span for span in spans)


def test_check_as_json_and_clean_text(home):
    """Machine-readable; nothing found: exit code 0."""
    clean = "Guten Tag,\n\nIhre Rückgabe ist angemeldet, das Etikett liegt bei."
    result = run(home, "check", "--channel", "amazon", "--part", "compliance", "--json", stdin=clean)
    assert result.returncode == 0, result.stdout
    assert json.loads(result.stdout)["compliant"] is True


WRONG_USE = {
    "unknown option": (["check", "--colour", "red"], "x"),
    "unknown part": (["check", "--part", "beauty"], "x"),
    "no such file": (["check", "/no/such/file"], None),
    "empty input": (["check"], "  \n"),
    "broken JSON": (["draft"], '{"channel": '),
    "ticket without a message": (["draft"], '{"channel": "amazon", "messages": []}'),
    "unknown resolution": (["draft", "--resolution", "gold"], "Tasse kaputt"),
    "unknown command": (["frobnicate"], None),
    "unknown scope": (["key", "create", "bot", "--scope", "root"], None),
}


@pytest.mark.parametrize("name", WRONG_USE)
def test_wrong_use_is_explained_with_exit_code_2(home, name):
    """One clear sentence, no stack trace."""
    arguments, stdin = WRONG_USE[name]
    result = run(home, *arguments, stdin=stdin)
    assert result.returncode == 2, result.stdout + result.stderr
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr


def test_draft_from_a_plain_message_and_from_json(home):
    """The four steps with their names and sources; `--json` is the contract's object."""
    shown = run(home, "draft", "--channel", "otto", "--resolution", "replacement",
                stdin="Die Lampe flackert seit gestern, ich will Ersatz!")  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    for word in ("Anerkennen", "Verantwortung", "Lösung", "Nächster Schritt", "Sources"):
        assert word in shown.stdout
    request = json.dumps({"ticket": ticket(), "resolutions": []})
    made = run(home, "draft", "--json", stdin=request)
    assert json.loads(made.stdout)["language"] == "de"


def test_keys_are_created_listed_and_revoked(home):
    """A created key is shown once; the list never shows it."""
    key = run(home, "key", "create", "plugin", "--scope", "draft").stdout.strip()
    assert key.startswith("vk_")
    listed = run(home, "key", "list").stdout
    assert "plugin" in listed
    assert key not in listed
    key_id = next(line.split()[0] for line in listed.splitlines() if "plugin" in line)
    assert run(home, "key", "revoke", key_id).returncode == 0
    assert "revoked" in run(home, "key", "list").stdout
    assert run(home, "key", "revoke", key_id).returncode == 2


def test_settings_and_rules_are_printed(home):
    """Both documents come from the code."""
    assert "VIERKLANG_PORT" in run(home, "settings").stdout
    assert "feedback." in run(home, "rules").stdout


def test_a_prompt_is_shown_as_a_model_would_get_it(tmp_path):
    """Rules and slots are in it, the customer's own data are not; nothing is stored."""
    ticket = {"channel": "amazon", "customer": {"name": "Frau Keller", "email": "keller@example.com"},
              "messages": [{"author": "customer", "text": "Die Tasse ist kaputt. Grüße, Keller"}],
              "order": {"id": "302-1234567-7654321"}}  # fmt: skip
    shown = run(tmp_path, "prompt", "render", "-", stdin=json.dumps({"ticket": ticket}))
    assert shown.returncode == 0, shown.stderr
    assert "--- system" in shown.stdout
    assert "Die Tasse ist kaputt" in shown.stdout
    assert "{order_id}" in shown.stdout
    assert "302-1234567-7654321" not in shown.stdout
    assert "keller@example.com" not in shown.stdout
    assert run(tmp_path, "prompt", "render", "-", "--prompt", "reply@99", stdin="Hallo").returncode == 2
