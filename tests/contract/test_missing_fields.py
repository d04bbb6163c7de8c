"""A field that is missing costs that value and nothing else, unless it decides what the list holds.

`answers.json` names by list the fields that are `decisive` (ids, names, marks of what is deleted, what holds
the rows), and those whose `null_differs` from their absence, with the reason.
"""

from __future__ import annotations

import pytest

from tests.contract import cases
from tests.contract.missing import findings
from tests.contract.recorded import LISTS, sample


@pytest.mark.case(cases.MISSING)
@pytest.mark.parametrize(("kind", "what"), LISTS)
def test_without_any_other_field_there_are_the_same_records(kind: str, what: str) -> None:
    found = findings(kind, what)

    assert sorted(found.decisive) == sorted(sample(kind, "answers.json")["decisive"][what])
    assert len(found.decisive) < found.tried


@pytest.mark.case(cases.MISSING)
@pytest.mark.parametrize(("kind", "what"), LISTS)
def test_null_says_as_little_as_nothing(kind: str, what: str) -> None:
    reasons = sample(kind, "answers.json").get("null_differs", {}).get(what, {})

    assert findings(kind, what).null_differs == set(reasons)
    assert all(reasons.values())
