"""Prompts as content: what is there, how it is chosen, and how a broken one stops the start."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest
import yaml

from app.llm.prompts import BrokenPrompt, UnknownPrompt, load_prompts, prompts_folder
from app.ticket import Kind

PROMPTS = load_prompts()


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the prompts that a test may break."""
    return shutil.copytree(prompts_folder(), tmp_path / "prompts")


def test_the_folder_lies_beside_the_package():
    assert (prompts_folder() / "reply" / "1" / "prompt.yaml").is_file()


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_a_prompt_of_its_name_with_examples_in_both_languages(kind):
    prompt = PROMPTS.for_kind(kind)
    assert prompt.name == kind
    assert prompt.examples_for("de", "sie")
    assert prompt.examples_for("en", None)


def test_a_prompt_is_found_by_name_and_version():
    assert PROMPTS.get("reply@1").id == "reply@1"
    assert PROMPTS.get("reply") is PROMPTS.get("reply@1")


@pytest.mark.parametrize(
    "reference", ["reply@9", "reply@0", "reply@", "nothing", "../reply@1", "_shared@1", "", "reply@1@1"]
)
def test_an_unknown_reference_names_what_there_is(reference):
    with pytest.raises(UnknownPrompt, match="reply@1"):
        PROMPTS.get(reference)


def test_the_newest_version_is_the_default_and_the_older_one_stays(folder):
    shutil.copytree(folder / "reply" / "1", folder / "reply" / "2")
    shutil.copytree(folder / "reply" / "1", folder / "reply" / "10")
    prompts = load_prompts(folder)
    assert prompts.for_kind("reply").id == "reply@10"
    assert prompts.get("reply").id == "reply@10"
    assert prompts.get("reply@2").id == "reply@2"


def test_the_hash_changes_with_any_file_of_the_version_or_of_what_it_shares(folder):
    hashes = {load_prompts(folder).get("reply@1").hash}
    for name in ("reply/1/system.md.j2", "reply/1/examples.yaml", "_shared/1/limits.md.j2"):
        path = folder / name
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
        hashes.add(load_prompts(folder).get("reply@1").hash)
    assert len(hashes) == 4


def test_the_hash_does_not_depend_on_where_the_files_lie(folder):
    assert load_prompts(folder).get("reply@1").hash == PROMPTS.get("reply@1").hash


BROKEN = {
    "a template that does not parse": ("reply/1/user.md.j2", "{% if %}", "user.md.j2"),
    "an unknown variable": ("reply/1/user.md.j2", "{{ custmer }}", "custmer"),
    "an unknown variable in a branch no sample takes": ("reply/1/user.md.j2", "{% if language == 'xx' %}{{ oops }}{% endif %}", "oops"),
    "an unknown field of a variable": ("reply/1/user.md.j2", "{{ mood.temper }}", "temper"),
    "an unknown name in a shared template": ("_shared/1/case.md.j2", "{{ nothing_such }}", "nothing_such"),
    "a missing include": ("reply/1/user.md.j2", "{% include '_shared/1/none.j2' %}", "none.j2"),
    "a way out of the sandbox": ("reply/1/user.md.j2", "{{ message.__class__.__mro__ }}", "user.md.j2"),
    "an unknown key": ("reply/1/prompt.yaml", "purpose: x\nkind: reply\n", "kind"),
    "no purpose": ("reply/1/prompt.yaml", "kinds: [reply]\n", "purpose"),
    "an unknown kind": ("reply/1/prompt.yaml", "purpose: x\nkinds: [letter]\nshared: 1\nslots: []\nchangelog: []\n", "kinds"),
    "a slot nobody explains": ("reply/1/prompt.yaml", "purpose: x\nkinds: [reply]\nshared: 1\nslots: [iban]\nchangelog: []\n", "iban"),
    "no YAML": ("reply/1/prompt.yaml", "a: [", "prompt.yaml"),
    "a shared version that is not there": ("reply/1/prompt.yaml", "purpose: x\nkinds: [reply]\nshared: 7\nslots: []\nchangelog: []\n", "7"),
    "an example without a step": (
        "reply/1/examples.yaml",
        "- {language: de, register: sie, situation: x, answer: {own: Ich kümmere mich.}}", "examples.yaml",
    ),
    "an example with an unknown slot": (
        "reply/1/examples.yaml",
        "- {language: de, register: sie, situation: x, answer: {acknowledge: 'Das tut mir leid.', own: 'Um {iban} geht es.', propose: 'Geld zurück.', ask: 'Geld oder Ware?'}}",
        "iban",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("file", "content", "named"), BROKEN.values(), ids=BROKEN)
def test_a_broken_prompt_stops_the_start_with_a_sentence(folder, file, content, named):
    (folder / file).write_text(content, "utf-8")
    with pytest.raises(BrokenPrompt) as caught:
        load_prompts(folder)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_kind_without_a_prompt_stops_the_start(folder):
    shutil.rmtree(folder / "boundary")
    with pytest.raises(BrokenPrompt, match="boundary"):
        load_prompts(folder)


def test_values_are_never_read_as_templates():
    import yaml

    samples = yaml.safe_load((prompts_folder() / "_shared/1/samples.yaml").read_text("utf-8"))
    rendered = PROMPTS.get("reply").render("user", {**samples["full"], "message": "{{ 7 * 7 }}{% raise %}"})
    assert "{{ 7 * 7 }}{% raise %}" in rendered


def test_instructions_are_remembered_by_all_they_are_made_of():
    """Two shops, two languages, two channels: never the text of another."""
    prompt = PROMPTS.get("reply@1")
    given = yaml.safe_load((prompts_folder() / "_shared/1/samples.yaml").read_text("utf-8"))["full"]
    for name, value in {"shop_name": "Zweitladen", "rules": ("refused: lilac",), "language_name": "Klingon"}.items():
        changed = given | {name: value}
        assert prompt.instructions(given) == prompt.render("system", given)
        assert prompt.instructions(changed) == prompt.render("system", changed) != prompt.instructions(given)
