"""The gate learns from answers to writes, at no cost where nothing is new."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import Purpose, WriteMode
from integrations.models import HaloCredential
from integrations.runs.budget import BudgetGate
from integrations.sync.safety import WriteRefused
from tests.builders import make_credential

pytestmark = pytest.mark.django_db


def make_gate(state: str = "unknown") -> BudgetGate:
    rows = [
        {"key": key, "name": key, "state": state, "grant": "a scope", "reason": ""}
        for key in ("edit_assets", "edit_tickets", "add_notes")
    ]
    credential = make_credential(write_mode=WriteMode.WRITE, permissions=rows)
    return BudgetGate(credential, Purpose.TICKETS)


def stored() -> tuple[Any, ...]:
    row = HaloCredential.objects.get()
    return row.can_edit_assets, row.can_edit_tickets, [item["state"] for item in row.permissions]


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/Asset", (True, None, ["works", "unknown", "unknown"])),
        ("/Tickets", (None, True, ["unknown", "works", "unknown"])),
        ("/Actions", (None, None, ["unknown", "unknown", "works"])),
    ],
)
def test_a_write_that_was_taken_proves_its_own_right(path: str, known: tuple[Any, ...]) -> None:
    gate = make_gate()
    gate.check_writes(path)
    gate.note_write(path, 201)
    assert stored() == known


def test_a_403_closes_the_gate_for_all_who_write_with_this_credential() -> None:
    gate = make_gate()
    gate.check_writes("/Tickets")
    gate.note_write("/Tickets", 403)
    assert stored() == (None, False, ["unknown", "refused", "unknown"])
    other = BudgetGate(HaloCredential.objects.get(), Purpose.TICKETS)
    with pytest.raises(WriteRefused, match="'edit_tickets' is refused by HaloPSA"):
        other.check_writes("/Tickets")
    other.check_writes("/Asset")


def test_asking_takes_one_statement_and_what_is_known_none(django_assert_num_queries: Any) -> None:
    gate = make_gate(state="works")
    with django_assert_num_queries(1):
        gate.check_writes("/Asset")
        gate.note_write("/Asset", 201)


def test_a_credential_that_was_never_tested_learns_nothing_and_may_write() -> None:
    gate = make_gate()
    HaloCredential.objects.update(permissions=[])
    gate.check_writes("/Asset")
    gate.note_write("/Asset", 403)
    assert stored() == (None, None, [])
