"""What HaloPSA's rules mean for the tickets of a profile; pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations.records import AgentTeams, OptionRecord, TicketTypeRules
from ticketing.models import IntegrationProfile, PreflightState
from ticketing.preflight.checks import FAILS, UNKNOWN, WARNS, Finding, Live, findings, state_of

pytestmark = pytest.mark.pure

RIGHTS = {key: {"key": key, "state": "works", "name": key} for key in ("edit_tickets", "add_notes")}


def option(kind: str, halo_id: str, name: str, **more: Any) -> OptionRecord:
    return OptionRecord(kind, halo_id, name, **more)


def make_live(**changed: Any) -> Live:
    """A HaloPSA that would take everything of `make_profile`."""
    rows = [
        option("status", "1", "New"),
        option("status", "9", "Closed"),
        option("team", "5", "Monitoring"),
        option("sla", "1", "Standard SLA"),
        option("priority", "2", "High", parent="1"),
    ]
    table = {(row.kind, row.parent, row.halo_id): row for row in rows}
    usual = Live(
        options=table,
        ticket_types={21: TicketTypeRules(21, "Alert", has_mandatory_fields=False, shows_assets=True)},
        outcomes={21: {"7": option("outcome", "7", "Private Note", extra={"hidefromuser": True})}},
        agents={25: AgentTeams(25, "Anna", teams=(5,))},
        rights=RIGHTS,
    )
    return replace(usual, **changed)


def make_profile(**values: Any) -> IntegrationProfile:
    usual = {
        "name": "P1", "ticket_type": 21, "status_open": 1, "status_closed": 9, "team": 5, "agent": 25,
        "sla": 1, "priority": 2, "note_action": 7,
    }  # fmt: skip
    return IntegrationProfile(**{**usual, **values})


def said(profile: IntegrationProfile, live: Live) -> list[tuple[str, str]]:
    """(level, field) of what is found, without what never can be known without a test."""
    found = findings(profile, live)
    return [(row.level, row.about) for row in found if (row.level, row.about) != (UNKNOWN, "status_closed")]


def rules(**values: Any) -> dict[int, TicketTypeRules]:
    return {21: TicketTypeRules(21, "Alert", **values)}


def test_where_all_is_well_only_the_fields_for_closing_stay_unknown() -> None:
    found = findings(make_profile(), make_live())

    assert [(row.level, row.about) for row in found] == [(UNKNOWN, "status_closed")]
    assert state_of(found) == PreflightState.PASSED


@pytest.mark.parametrize(
    ("values", "changed", "expected"),
    [
        ({"team": 8}, {}, (FAILS, "team")),
        ({"priority": 3}, {}, (FAILS, "priority")),
        ({"status_closed": 77}, {}, (FAILS, "status_closed")),
        ({}, {"ticket_types": {21: None}}, (FAILS, "ticket_type")),
        ({}, {"ticket_types": rules(active=False)}, (FAILS, "ticket_type")),
        ({}, {"ticket_types": rules(statuses=(1, 2))}, (FAILS, "status_closed")),
        ({}, {"agents": {25: None}}, (FAILS, "agent")),
        ({}, {"agents": {25: AgentTeams(25, "Anna", active=False)}}, (FAILS, "agent")),
        ({}, {"agents": {25: AgentTeams(25, "Anna", teams=(1, 7))}}, (FAILS, "agent")),
        ({"note_action": 20}, {}, (FAILS, "note_action")),
        ({"closing_action": 20}, {}, (FAILS, "closing_action")),
        ({}, {"ticket_types": rules(has_mandatory_fields=True)}, (WARNS, "ticket_type")),
        ({}, {"ticket_types": rules(shows_assets=False)}, (WARNS, "ticket_type")),
        ({}, {"ticket_types": rules(children_block_closing=True)}, (WARNS, "status_closed")),
        ({"public_notes": True}, {}, (WARNS, "note_action")),
        ({"agent": None}, {}, (UNKNOWN, "agent")),
        ({}, {"unread": {"team": "HaloPSA does not allow it (403)."}}, (UNKNOWN, "team")),
    ],
)
def test_what_would_go_wrong_is_said_at_its_field(
    values: dict[str, Any], changed: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert said(make_profile(**values), make_live(**changed)) == [expected]


def test_a_choice_that_is_inactive_is_named() -> None:
    live = make_live()
    inactive = option("team", "5", "Night Shift", active=False)
    found = findings(make_profile(), replace(live, options={**live.options, ("team", "", "5"): inactive}))

    assert "The team “Night Shift” is inactive in HaloPSA; choose another." in [row.words for row in found]


def test_a_note_that_changes_the_status_is_warned_of() -> None:
    changes = {21: {"8": option("outcome", "8", "Close Request", extra={"newstatus": 9})}}

    assert said(make_profile(note_action=8), make_live(outcomes=changes)) == [(WARNS, "note_action")]


def test_a_right_that_is_refused_fails_and_one_that_nobody_tried_is_unknown() -> None:
    refused = {**RIGHTS, "add_notes": {"state": "refused", "grant": "scope edit:tickets"}}

    assert said(make_profile(), make_live(rights=refused)) == [(FAILS, "")]
    assert said(make_profile(), make_live(rights={})) == [(UNKNOWN, ""), (UNKNOWN, "")]


def test_what_halopsa_does_not_tell_proves_nothing() -> None:
    silent = Live(options=make_live().options, rights=RIGHTS)

    assert said(make_profile(), silent) == []


def test_every_finding_is_a_sentence_and_the_worst_comes_first() -> None:
    live = make_live(
        ticket_types=rules(has_mandatory_fields=True, shows_assets=False, children_block_closing=True),
        agents={25: None},
        unread={"sla": "HaloPSA does not allow it (403)."},
    )
    found = findings(make_profile(team=77), live)

    assert [row.level for row in found] == [FAILS, FAILS, WARNS, WARNS, WARNS, UNKNOWN, UNKNOWN]
    assert all(row.words[0].isupper() and row.words.endswith(".") for row in found)
    assert state_of(found) == PreflightState.FAILED
    assert state_of([Finding(WARNS, "", "A warning.")]) == PreflightState.WARNED
