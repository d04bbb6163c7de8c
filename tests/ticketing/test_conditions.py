"""Conditions of an event set: severity, companies, computers, tags and words; pure."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.choices import Severity
from ticketing.conditions import (
    SEVERITIES,
    Conditions,
    Selection,
    Subject,
    matches,
    pattern_problem,
    why_not,
)

pytestmark = pytest.mark.pure
SUBJECT = Subject("high", 1, 2, frozenset({"server", "vip"}), "Disk C: is nearly full on ALD-SRV01")


def test_the_severities_are_those_that_are_stored_the_worst_last() -> None:
    assert list(reversed(Severity.values)) == list(SEVERITIES)


@pytest.mark.parametrize(
    ("conditions", "refusal"),
    [
        (Conditions(), ""),
        (Conditions(severity_from="high"), ""),
        (Conditions(severity_from="low"), ""),
        (Conditions(severity_from="critical"), "takes only severity critical and above"),
        (Conditions(companies=Selection(frozenset({1, 9}))), ""),
        (Conditions(companies=Selection(frozenset({9}))), "is for other companies only"),
        (Conditions(companies=Selection(frozenset({1}), excluded=True)), "leaves out this company"),
        (Conditions(companies=Selection(frozenset({9}), excluded=True)), ""),
        (Conditions(computers=Selection(frozenset({3}))), "is for other computers only"),
        (Conditions(computers=Selection(frozenset({2}), excluded=True)), "leaves out this computer"),
        (Conditions(tags=Selection(frozenset({"server"}))), ""),
        (Conditions(tags=Selection(frozenset({"desktop"}))), "is for other tags only"),
        (Conditions(tags=Selection(frozenset({"vip"}), excluded=True)), "leaves out this tag"),
        (Conditions(pattern="disk*full"), ""),
        (Conditions(pattern="full*disk"), "takes only what is called “full*disk”"),
    ],
)
def test_each_condition_says_why_it_does_not_take_something(conditions: Conditions, refusal: str) -> None:
    assert why_not(conditions, SUBJECT) == refusal


def test_a_severity_that_nobody_knows_counts_as_medium() -> None:
    odd = Subject(severity="apocalyptic")
    assert why_not(Conditions(severity_from="medium"), odd) == ""
    assert why_not(Conditions(severity_from="high"), odd) != ""


def test_who_belongs_to_no_company_is_in_no_selection_and_in_no_exclusion() -> None:
    assert why_not(Conditions(companies=Selection(frozenset({1}))), Subject()) != ""
    assert why_not(Conditions(companies=Selection(frozenset({1}), excluded=True)), Subject()) == ""


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_a_title_always_holds_its_own_words(before: str, word: str, after: str) -> None:
    """A pattern is no regular expression: its characters mean themselves."""
    word = word.replace("*", "")
    assert matches(word, f"{before} {word} {after}")


def test_no_pattern_takes_long() -> None:
    began = time.process_time()
    assert not matches("a*" * 90 + "z", "a" * 500)
    assert time.process_time() - began < 1


def test_a_pattern_of_stars_alone_is_told() -> None:
    assert pattern_problem("a*b*c") == ""
    assert pattern_problem("** *") == "Besides stars it needs a word."
