"""Every kind of console is tried in every case, and the table in the connectors' README says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.cases import CASES, DOES_NOT_APPLY, OWN, TESTS, covered_here, name_of, unpaged
from tests.contract.recorded import KINDS

README = Path(__file__).parent.parent.parent / "integrations" / "connectors" / "README.md"
BEGIN, END = "<!-- cases: begin -->", "<!-- cases: end -->"


def case_table() -> str:
    here = covered_here()
    lines = [
        "| case | " + " | ".join(f"`{kind}`" for kind in KINDS) + " |",
        "|---" * (len(KINDS) + 1) + "|",
    ]
    for case in CASES:
        lines.append(f"| {case} | " + " | ".join(name_of(kind, case, here) for kind in KINDS) + " |")
    return "\n".join([*lines, "", *unpaged_lists(), "", *own_tests()])


def unpaged_lists() -> list[str]:
    rows = ((kind, path, why) for kind in KINDS for path, why in unpaged(kind).items())
    return ["Lists without pages, or recorded in one:", ""] + [
        f"- `{kind}` `{path}`: {why}" for kind, path, why in rows
    ]


def own_tests() -> list[str]:
    """One line for each test, with the cases that it covers."""
    covered: dict[tuple[str, str], list[str]] = {}
    for kind in KINDS:
        for case in CASES:
            if case in OWN.get(kind, {}):
                covered.setdefault((kind, OWN[kind][case]), []).append(case)
    return ["Own tests, under `tests/`:", ""] + [
        f"- `{kind}`, {', '.join(cases)}: `{test}`" for (kind, test), cases in covered.items()
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_case_is_tried_or_does_not_apply_for_a_reason(kind: str) -> None:
    here = covered_here()

    assert [case for case in CASES if not name_of(kind, case, here)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_said_twice(kind: str) -> None:
    here = {case for owner, case in covered_here() if owner == kind}
    own, other = set(OWN.get(kind, {})), set(DOES_NOT_APPLY.get(kind, {}))

    assert not (here & own or here & other or own & other)
    assert here | own | other <= set(CASES)


@pytest.mark.parametrize("test", sorted({test for tests in OWN.values() for test in tests.values()}))
def test_a_test_that_is_named_is_there(test: str) -> None:
    path, _, name = test.partition("::")

    assert f"def {name}(" in (TESTS / path).read_text(encoding="utf-8")


def test_the_readme_shows_the_table() -> None:
    shown = README.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()

    assert shown == case_table(), f"Paste this between the marks:\n\n{case_table()}\n"
