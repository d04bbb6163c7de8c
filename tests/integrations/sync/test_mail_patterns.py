"""Patterns of staff: what is wrong with them is said before they are used."""

from __future__ import annotations

import time

import pytest

from integrations.sync.mail_patterns import LONGEST, Patience, TookTooLong, problem_of, search


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("", ""),
        (r"(?P<computer>\S+) failed", ""),
        ("((", "This is no regular expression: missing ) at character 3."),
        ("*", "This is no regular expression"),
        (r"(?P<host>\S+)", "There is no part called host; a pattern may name company, computer"),
        ("a" * (LONGEST + 1), "A pattern has at most 1000 characters"),
    ],
)
def test_a_pattern_is_judged_in_a_sentence(pattern: str, problem: str) -> None:
    found = problem_of(pattern)
    assert found.startswith(problem)
    assert bool(found) is bool(problem)


def test_parts_are_trimmed_and_empty_ones_left_out() -> None:
    found = search(r"(?P<company>[^,]*),(?P<computer>.*)", " Baker \t Ltd ,", Patience())
    assert found == {"company": "Baker Ltd"}


def test_case_does_not_matter_and_lines_have_ends() -> None:
    assert search(r"^status: OK$", "Hello\nStatus: ok\nBye", Patience()) == {}


def test_a_search_ends_in_time() -> None:
    began = time.process_time()
    with pytest.raises(TookTooLong):
        search(r"^(a+)+b?$", "a" * 40_000 + "!", Patience(each=0.1))
    assert time.process_time() - began < 5


def test_nothing_is_searched_when_no_time_is_left() -> None:
    with pytest.raises(TookTooLong):
        search("a", "a", Patience(together=0))
