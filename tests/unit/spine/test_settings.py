"""Settings: one class, and a wrong value stops the start with a sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import Settings, explain, get_settings, settings_table
from app.errors import SettingsError

WRONG = {
    "VIERKLANG_PORT": ("eighty", "VIERKLANG_PORT"),
    "VIERKLANG_WORKERS": ("0", "VIERKLANG_WORKERS"),
    "VIERKLANG_API_KEY": ("short", "at least 20"),
    "VIERKLANG_DATABASE_URL": ("mysql://root@localhost/x", "postgresql://"),
    "VIERKLANG_MODEL": ("gpt-4o", "provider/model"),
    "VIERKLANG_LOG_LEVEL": ("loud", "VIERKLANG_LOG_LEVEL"),
    "VIERKLANG_DEADLINE_S": ("-1", "VIERKLANG_DEADLINE_S"),
}


@pytest.fixture(autouse=True)
def _fresh_settings():
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_named(name, monkeypatch):
    """The sentence says which setting is wrong and what it wants."""
    value, expected = WRONG[name]
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        get_settings()
    assert expected in str(caught.value)
    assert name in str(caught.value)


def test_a_secret_is_not_repeated_in_the_sentence(monkeypatch):
    """A wrong URL may hold a password; the message never shows it."""
    monkeypatch.setenv("VIERKLANG_DATABASE_URL", "mysql://root:hunter2@localhost/x")
    with pytest.raises(SettingsError) as caught:
        get_settings()
    assert "hunter2" not in str(caught.value)


def test_empty_means_unset(monkeypatch):
    """Compose files pass empty strings for what nobody set."""
    for name in ("DATABASE_URL", "API_KEY", "MODEL"):
        monkeypatch.setenv(f"VIERKLANG_{name}", "")
    settings = get_settings()
    assert (settings.database_url, settings.api_key, settings.model) == (None, None, None)


def test_secrets_do_not_show_in_repr(monkeypatch):
    """A settings object that ends in a log shows no key."""
    monkeypatch.setenv("VIERKLANG_API_KEY", "vk_0123456789abcdefghij")
    assert "0123456789" not in repr(get_settings())


def test_every_setting_is_described_and_listed_in_the_readme():
    """The README's table is the one the class makes."""
    assert all(field.description for field in Settings.model_fields.values())
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    assert settings_table() in readme


def test_explain_survives_several_problems():
    """All wrong values are named at once."""
    from pydantic import ValidationError

    with pytest.raises(ValidationError) as caught:
        Settings(port=-1, workers=0)
    sentence = explain(caught.value)
    assert "VIERKLANG_PORT" in sentence
    assert "VIERKLANG_WORKERS" in sentence
