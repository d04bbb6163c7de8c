"""Constants and templates: a small language that can say no more than the attributes do."""

from __future__ import annotations

import pytest

from mappings.attributes import ATTRIBUTES
from mappings.models import FieldMapping, SourceKind
from mappings.sources import BadSource, source_of
from tests.mappings.test_planning_updates import make_facts

FACTS = make_facts(1, "PC-1", "5CG1", "Windows 11")


def source(kind: str, text: str = "", attribute: str = "") -> FieldMapping:
    return FieldMapping(source=kind, text=text, attribute=attribute)


def told(kind: str, text: str) -> str:
    return source_of(source(kind, text)).value(FACTS)


def test_a_template_puts_attributes_into_text() -> None:
    assert told(SourceKind.TEMPLATE, "{name} with { os_name }") == "PC-1 with Windows 11"


def test_an_attribute_that_is_not_known_leaves_no_gap() -> None:
    assert told(SourceKind.TEMPLATE, "{manufacturer} {model} {name}") == "PC-1"


def test_a_template_of_which_nothing_is_known_tells_nothing() -> None:
    assert told(SourceKind.TEMPLATE, "Made by {manufacturer}") == ""


def test_a_constant_is_the_same_for_every_computer_braces_and_all() -> None:
    assert told(SourceKind.CONSTANT, " {name} ") == "{name}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{shoe_size}", "There is no attribute “{shoe_size}”"),
        ("{name.__class__}", "There is no attribute “{name.__class__}”"),
        ("{name!r:>9}", "There is no attribute “{name!r:>9}”"),
        ("{}", "There is no attribute “{}”"),
        ("{name", "A brace is open or closed only once"),
        ("{{name}}", "A brace is open or closed only once"),
        ("Windows", "The template names no attribute"),
    ],
)
def test_a_template_that_means_nothing_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadSource, match="^" + words.replace("{", r"\{").replace(".", r"\.")):
        source_of(source(SourceKind.TEMPLATE, text))


def test_an_empty_constant_is_refused_because_nothing_is_ever_blanked() -> None:
    with pytest.raises(BadSource, match="nothing is ever blanked"):
        source_of(source(SourceKind.CONSTANT, "  "))


def test_an_attribute_that_no_longer_exists_is_told() -> None:
    with pytest.raises(BadSource, match="There is no attribute “shoe_size”"):
        source_of(source(SourceKind.ATTRIBUTE, attribute="shoe_size"))


def test_the_links_of_a_computer_are_attributes() -> None:
    facts = FACTS._replace(console_url="https://rmm.example/1", remote_url="https://rmm.example/1/remote")
    assert ATTRIBUTES["console_url"].value(facts) == "https://rmm.example/1"
    assert ATTRIBUTES["remote_url"].value(facts) == "https://rmm.example/1/remote"
