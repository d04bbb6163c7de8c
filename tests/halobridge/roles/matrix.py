"""The matrices of this folder as text: who may open which door. One block per page or resource.

    integrations.console
        list, open      | yes  yes  yes  yes

The columns are administrator, engineer, service desk, auditor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Final

from integrations.choices import Role

COLUMNS: Final = (Role.ADMINISTRATOR, Role.ENGINEER, Role.SERVICE_DESK, Role.AUDITOR)
WIDTH: Final = 64
Matrix = dict[tuple[str, str], frozenset[Role]]
"""(block, door) → the roles that are let in."""


def read_matrix(name: str) -> Matrix:
    found: Matrix = {}
    block = ""
    for line in Path(__file__).with_name(name).read_text().splitlines():
        doors, bar, marks = line.partition("|")
        if line.startswith("#") or not line.strip():
            continue
        if not bar:
            block = line.strip()
            continue
        words = marks.split()
        assert len(words) == len(COLUMNS) and set(words) <= {"yes", "-"}, line
        roles = frozenset(role for role, word in zip(COLUMNS, words, strict=True) if word == "yes")
        for door in doors.strip().strip(",").split(","):
            assert (block, door.strip()) not in found, f"{block}: {door.strip()} stands there twice"
            found[block, door.strip()] = roles
    return found


def expected_for(matrix: Matrix, role: Role) -> dict[str, bool]:
    return {f"{block} {door}": role in roles for (block, door), roles in matrix.items()}


def write_matrix(let_in: Mapping[tuple[str, str], Iterable[Role]]) -> str:
    """The text of a matrix, for whoever adds pages: see what they give, then agree with it or not."""
    lines: list[str] = []
    for block in dict.fromkeys(block for block, _ in let_in):
        rows: dict[frozenset[Role], list[str]] = {}
        for (other, door), roles in let_in.items():
            if other == block:
                rows.setdefault(frozenset(roles), []).append(door)
        lines += ["", block]
        for roles, doors in rows.items():
            marks = "  ".join("yes" if role in roles else "-  " for role in COLUMNS).rstrip()
            lines += [f"    {part:<{WIDTH}} | {marks}" for part in wrap(", ".join(doors), WIDTH)]
    return "\n".join(lines[1:]) + "\n"
