"""Reader and writer over real HTTP against the sandbox's HaloPSA, in its likely and its awkward ways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.choices import Answer, OptionKind
from integrations.halo import payloads
from integrations.halo.reader import HaloReader
from integrations.halo.session import HaloAccess, HaloSession
from integrations.halo.writer import HaloWriter
from integrations.net.errors import RateLimited, ServerFailed, ShortList
from integrations.net.http import Limits
from integrations.records import WriteAnswer
from integrations.sandbox import constants
from integrations.sandbox.server import Sandbox
from tests.integrations.halo.builders import MemoryTokens, OpenGate

MARKER = "HB-4b1f0c9d2e"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        running.switches.change(rate_limit_calls=0)
        yield running


def make_session(sandbox: Sandbox, gate: OpenGate | None = None, **changes: Any) -> HaloSession:
    values: dict[str, Any] = {
        "resource_server": sandbox.halo_root,
        "authorisation_server": "",
        "tenant": constants.HALO_TENANT,
        "client_id": constants.HALO_CLIENT_ID,
        "client_secret": constants.HALO_CLIENT_SECRET,
        "scopes": constants.HALO_SCOPES,
        "allow_private": ("127.0.0.1",),
    }
    access = HaloAccess(**{**values, **changes})
    limits = Limits(connect=2, read=3, total=3)
    return HaloSession(access, tokens=MemoryTokens(), gate=gate or OpenGate(), limits=limits)


def make_reader(sandbox: Sandbox, **changes: Any) -> HaloReader:
    return HaloReader(make_session(sandbox, **changes))


def make_writer(sandbox: Sandbox) -> HaloWriter:
    return HaloWriter(make_session(sandbox))


def place(sandbox: Sandbox) -> tuple[int, int]:
    """Client and main site of an ordinary client."""
    client = next(row for row in sandbox.world.halo.clients.values() if row["id"] > 2 and not row["inactive"])
    return client["id"], client["main_site_id"]


def make_ticket(sandbox: Sandbox, marker: str = MARKER, **changes: Any) -> dict[str, Any]:
    client_id, site_id = place(sandbox)
    values: dict[str, Any] = {
        "marker": marker,
        "summary": "PC-1: plan failed",
        "details_html": "<p>Plan failed.</p>",
        "ticket_type_id": 21,
        "client_id": client_id,
        "site_id": site_id,
        "user_id": None,
        "team": "Monitoring",
        "agent_id": None,
        "status_id": None,
        "sla_id": 1,
        "priority_id": 4,
        "category": "Backup>Failure",
        "impact": 3,
        "urgency": 3,
        "asset_ids": (),
        "occurred_at": datetime(2026, 11, 20, 6, tzinfo=UTC),
    }
    return payloads.ticket_create(**{**values, **changes})


def make_asset(sandbox: Sandbox, tag: str) -> dict[str, Any]:
    client_id, site_id = place(sandbox)
    return payloads.asset_create(
        asset_type_id=112,
        client_id=client_id,
        site_id=site_id,
        inventory_number=tag,
        fields={1: f"HOST-{tag}", 2: "SERIAL-1"},
        marker_field_id=61,
        marker=f"HB-{tag}",
    )


def make_note(ticket_id: int, marker: str = "HB-note-1", **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"note_html": "<p>Still failing.</p>", "outcome_id": 7, "outcome": ""}
    return payloads.note(marker=marker, ticket_id=ticket_id, **{**values, **changes})


def everything(reader: HaloReader) -> dict[str, Any]:
    """A whole mirror."""
    lists = {
        name: [record for page in getattr(reader, f"fetch_{name}")() for record in page]
        for name in ("clients", "sites", "users", "assets")
    }
    kinds = {kind: reader.fetch_options(kind) for kind in OptionKind.values}
    return {**lists, **kinds, "types": reader.fetch_asset_types(), "fields": reader.fetch_fields()}


# ---- reading --------------------------------------------------------------------------------


def test_everything_that_halo_holds_is_read(sandbox: Sandbox) -> None:
    world, found = sandbox.world.halo, everything(make_reader(sandbox))
    for name in ("clients", "sites", "users", "assets"):
        assert {record.halo_id for record in found[name]} == set(getattr(world, name))
    assert any(not record.active for record in found["clients"] + found["assets"])
    assert all(record.fields for record in found["assets"])
    assert all(record.field_ids and record.key_field_ids for record in found["types"])
    assert all(found[kind] for kind in OptionKind.values)
    assert any(record.general_user_id for record in found["sites"])


AWKWARD = [
    {"omit_nulls": True},
    {"page_size_cap": 7},
    {"page_size_cap": 1000, "default_count": 1},
    {"cap_tickets_only": True},
    {"agent_envelope": True},
    {"unknown_id_is_empty": True},
    {"omit_nulls": True, "page_size_cap": 13, "agent_envelope": True, "unknown_id_is_empty": True},
]


@pytest.mark.parametrize("switches", AWKWARD, ids=str)
def test_an_awkward_halo_is_read_just_the_same(sandbox: Sandbox, switches: dict[str, Any]) -> None:
    likely = everything(make_reader(sandbox))
    sandbox.switches.change(**switches)
    awkward = everything(make_reader(sandbox))
    assert awkward == likely


def test_list_rows_with_other_fields_than_the_detail_are_seen_as_different(sandbox: Sandbox) -> None:
    sandbox.switches.change(list_fields_differ=True)
    reader = make_reader(sandbox)
    record = next(page for page in reader.fetch_assets() if page)[0]
    detail = reader.fetch_asset(record.halo_id)
    assert detail is not None
    assert detail.fields != record.fields


def test_reading_ends_with_an_error_where_halo_cuts_a_list_short(sandbox: Sandbox) -> None:
    sandbox.switches.change(page_size_cap=10)
    sandbox.halo.faults.add(method="GET", path="page_no=2", what="500")
    with pytest.raises(ServerFailed):
        list(make_reader(sandbox).fetch_assets())


def test_assets_changed_since_are_found(sandbox: Sandbox) -> None:
    began = sandbox.clock.now() - timedelta(seconds=1)
    client_id, _ = place(sandbox)
    assert make_writer(sandbox).send_asset(make_asset(sandbox, "NEW-1")).outcome == Answer.DONE
    found = make_reader(sandbox).fetch_assets_changed(began, client_id)
    assert [record.inventory_number for record in found] == ["NEW-1"]
    assert {value.field_id: value.value for value in found[0].fields or ()}[61] == "HB-NEW-1"


@pytest.mark.parametrize("is_empty", [False, True])
def test_what_is_not_there_is_none(sandbox: Sandbox, is_empty: bool) -> None:
    sandbox.switches.change(unknown_id_is_empty=is_empty)
    reader = make_reader(sandbox)
    assert reader.fetch_asset(999_999) is None
    assert reader.fetch_ticket(999_999) is None
    assert reader.fetch_client(999_999) is None
    assert reader.fetch_tickets([999_999]) == []
    assert reader.fetch_tickets_by_marker(MARKER) == []


def test_a_single_client_tells_its_main_site(sandbox: Sandbox) -> None:
    client_id, site_id = place(sandbox)
    record = make_reader(sandbox).fetch_client(client_id)
    assert record is not None
    assert record.main_site_id == site_id


# ---- the test of a credential ---------------------------------------------------------------


def test_the_credential_works(sandbox: Sandbox) -> None:
    result = make_reader(sandbox).fetch_check()
    assert (result.ok, result.message) == (True, "Connected to HaloPSA as Bridge API.")
    assert not sandbox.halo.writes


@pytest.mark.parametrize("status", [401, 403])
def test_an_application_that_may_only_read_customers(sandbox: Sandbox, status: int) -> None:
    sandbox.switches.change(scope_failure_status=status)
    reader = make_reader(
        sandbox, client_id=constants.NARROW_CLIENT_ID, client_secret=constants.NARROW_CLIENT_SECRET
    )
    result = reader.fetch_check()
    states = {row.name: row.state for row in result.details}
    assert not result.ok
    assert states["Read clients, sites and users"] == "works"
    assert states["Read assets"] == states["Read tickets"] == "refused"
    assert "scope read:assets" in result.message


@pytest.mark.parametrize(
    ("changes", "switches", "sentence"),
    [
        ({"client_secret": "wrong"}, {}, "HaloPSA does not accept this client ID and secret"),
        ({"client_id": "wrong"}, {}, "HaloPSA does not accept this client ID and secret"),
        ({"scopes": "edit:everything"}, {}, "scopes 'edit:everything'"),
        ({"tenant": "wrong"}, {"strict_tenant": True}, "check the tenant 'wrong'"),
        ({}, {"down": "503"}, "not available"),
    ],
)
def test_a_wrong_credential_is_explained(
    sandbox: Sandbox, changes: dict[str, Any], switches: dict[str, Any], sentence: str
) -> None:
    sandbox.switches.change(**switches)
    result = make_reader(sandbox, **changes).fetch_check()
    assert not result.ok
    assert sentence in result.message


def test_an_msp360_address_is_no_halo(sandbox: Sandbox) -> None:
    result = make_reader(sandbox, resource_server=sandbox.msp360_url).fetch_check()
    assert not result.ok
    assert "is not a HaloPSA API" in result.message
    assert not sandbox.msp360.writes, "no secret goes to a stranger"


def test_without_scopes_every_call_is_refused_and_told(sandbox: Sandbox) -> None:
    result = make_reader(sandbox, scopes="").fetch_check()
    assert not result.ok
    states = {row.key: row.state for row in result.details}
    assert {states[key] for key in ("read_customers", "read_assets", "read_tickets")} == {"refused"}


# ---- token and limit ------------------------------------------------------------------------


def test_a_token_that_halo_no_longer_knows_is_renewed_once(sandbox: Sandbox) -> None:
    session = make_session(sandbox)
    HaloReader(session).probe()
    sandbox.clock.advance(3700)
    assert HaloWriter(session).send_ticket(make_ticket(sandbox)).outcome == Answer.DONE
    assert session.calls == 5, "token and probe, then refused, token, write"


def test_the_rate_limit_pauses_and_says_for_how_long(sandbox: Sandbox) -> None:
    sandbox.switches.change(rate_limit_calls=3, rate_limit_seconds=300, retry_after=True)
    gate = OpenGate()
    session = make_session(sandbox, gate)
    reader = HaloReader(session)
    reader.probe()
    reader.probe()
    with pytest.raises(RateLimited):
        reader.probe()
    answer = HaloWriter(session).send_ticket(make_ticket(sandbox))
    assert (answer.outcome, answer.safe_to_repeat) == (Answer.PAUSE, True)
    assert len(gate.blocks) == 2
    assert gate.blocks[0] == pytest.approx(300, abs=5)
    assert reader.session.calls == 5


# ---- writing --------------------------------------------------------------------------------


@pytest.mark.parametrize("switches", [{}, {"write_status": 200}, {"omit_nulls": True}], ids=str)
def test_a_ticket_is_written_found_noted_and_closed(sandbox: Sandbox, switches: dict[str, Any]) -> None:
    sandbox.switches.change(**switches)
    writer, reader = make_writer(sandbox), make_reader(sandbox)
    created = writer.send_ticket(make_ticket(sandbox))
    assert created.outcome == Answer.DONE
    ticket_id = created.halo_id or 0

    noted = writer.send_action(make_note(ticket_id))
    closed = writer.send_action(make_note(ticket_id, "HB-note-2", new_status=9))
    assert (noted.outcome, closed.outcome) == (Answer.DONE, Answer.DONE)

    (found,) = reader.fetch_tickets_by_marker(MARKER)
    assert (found.halo_id, found.closed, found.marker, found.status_id) == (ticket_id, True, MARKER, 9)
    assert reader.fetch_tickets([ticket_id])[0].closed
    notes = [action.note for action in reader.fetch_actions(ticket_id)]
    assert sum("HB-note-1" in note for note in notes) == 1
    assert sum("HB-note-2" in note for note in notes) == 1
    assert sandbox.world.halo.mails == [], "nobody outside gets mail"


def test_a_ticket_has_what_was_asked_for_although_rules_and_templates_would_change_it(
    sandbox: Sandbox,
) -> None:
    sandbox.switches.change(ticket_rules=True, ticket_templates=True)
    ticket_id = make_writer(sandbox).send_ticket(make_ticket(sandbox)).halo_id
    held = next(row for row in sandbox.world.halo.tickets.values() if row["id"] == ticket_id)
    assert (held["team"], held["priority_id"], held["category_1"]) == ("Monitoring", 4, "Backup>Failure")


def test_closed_and_deleted_tickets_are_found_by_marker(sandbox: Sandbox) -> None:
    sandbox.switches.change(closed_hidden=True)
    writer, reader = make_writer(sandbox), make_reader(sandbox)
    ticket_id = writer.send_ticket(make_ticket(sandbox)).halo_id or 0
    writer.send_action(make_note(ticket_id, new_status=9))
    assert reader.fetch_tickets_by_marker(MARKER)[0].closed
    sandbox.world.halo.tickets[ticket_id]["deleted"] = True
    assert reader.fetch_tickets_by_marker(MARKER)[0].deleted
    assert reader.fetch_tickets([ticket_id]) == []


def test_a_refused_write_has_halos_own_words(sandbox: Sandbox) -> None:
    sandbox.switches.change(unique_tags=True)
    writer = make_writer(sandbox)
    assert writer.send_asset(make_asset(sandbox, "TAG-1")).outcome == Answer.DONE
    answer = writer.send_asset(make_asset(sandbox, "TAG-1"))
    assert (answer.outcome, answer.message) == (
        Answer.REFUSED,
        "HaloPSA refused it: Asset tag must be unique",
    )


@pytest.mark.parametrize("overlong", ["refuse", "truncate"])
def test_overlong_texts_are_cut_before_they_are_sent(sandbox: Sandbox, overlong: str) -> None:
    sandbox.switches.change(overlong_text=overlong)
    writer, reader = make_writer(sandbox), make_reader(sandbox)
    payload = make_ticket(sandbox, summary="s" * 9000, details_html="<p>" + "word " * 9000 + "</p>")
    created = writer.send_ticket(payload)
    assert created.outcome == Answer.DONE
    note = make_note(created.halo_id or 0, note_html="<p>" + "word " * 9000 + "</p>")
    assert writer.send_action(note).outcome == Answer.DONE
    assert any("HB-note-1" in action.note for action in reader.fetch_actions(created.halo_id or 0))


def test_an_asset_is_created_found_by_tag_updated_and_retired(sandbox: Sandbox) -> None:
    writer, reader = make_writer(sandbox), make_reader(sandbox)
    client_id, _ = place(sandbox)
    created = writer.send_asset(make_asset(sandbox, "TAG-1"))
    (found,) = reader.fetch_assets_by_tag(client_id, "TAG-1")
    assert (found.halo_id, found.key_field) == (created.halo_id, "HOST-TAG-1")
    fields = {value.field_id: value.value for value in found.fields or ()} | {1: "RENAMED"}
    assert writer.send_asset(payloads.asset_update(found.halo_id, fields=fields)).outcome == Answer.DONE
    assert writer.send_asset(payloads.asset_update(found.halo_id, inactive=True)).outcome == Answer.DONE
    after = reader.fetch_asset(found.halo_id)
    assert after is not None
    assert (after.key_field, after.key_field2, after.active) == ("RENAMED", "SERIAL-1", False)


BATCHES: list[tuple[dict[str, Any], Answer, int]] = [
    ({}, Answer.DONE, 3),
    ({"returnall_shuffled": True}, Answer.DONE, 3),
    ({"returnall_works": False}, Answer.UNCERTAIN, 1),
]


@pytest.mark.parametrize(("switches", "outcome", "answered"), BATCHES, ids=str)
def test_batches(sandbox: Sandbox, switches: dict[str, Any], outcome: Answer, answered: int) -> None:
    sandbox.switches.change(**switches)
    tags = ["B-1", "B-2", "B-3"]
    answer = make_writer(sandbox).send_assets([make_asset(sandbox, tag) for tag in tags])
    assert (answer.outcome, len(answer.batch)) == (outcome, answered)
    assert {row["inventory_number"] for row in answer.batch} <= set(tags)


@pytest.mark.parametrize("atomic", [False, True])
def test_a_batch_with_one_bad_object_leaves_a_question_that_a_look_up_answers(
    sandbox: Sandbox, atomic: bool
) -> None:
    sandbox.switches.change(batch_atomic=atomic, unique_tags=True)
    began = sandbox.clock.now() - timedelta(seconds=1)
    batch = [make_asset(sandbox, tag) for tag in ("B-1", "B-2", "B-2")]
    answer = make_writer(sandbox).send_assets(batch)
    assert answer.outcome == Answer.UNCERTAIN
    assert "Asset tag must be unique" in answer.message
    written = make_reader(sandbox).fetch_assets_changed(began)
    assert {record.inventory_number for record in written} == (set() if atomic else {"B-1", "B-2"})


# ---- what goes wrong on the way -------------------------------------------------------------

FAULTS: list[tuple[str, Answer]] = [
    ("drop", Answer.UNCERTAIN),
    ("drop_after", Answer.UNCERTAIN),
    ("html", Answer.UNCERTAIN),
    ("html_after", Answer.UNCERTAIN),
    ("empty", Answer.UNCERTAIN),
    ("truncated", Answer.UNCERTAIN),
    ("cut_off", Answer.UNCERTAIN),
    ("500", Answer.UNCERTAIN),
    ("500_after", Answer.UNCERTAIN),
    ("502", Answer.UNCERTAIN),
    ("504_after", Answer.UNCERTAIN),
    ("503", Answer.PAUSE),
    ("429", Answer.PAUSE),
    ("403", Answer.REFUSED),
    ("400", Answer.REFUSED),
]


@pytest.mark.parametrize(("what", "outcome"), FAULTS)
def test_what_a_lost_write_means_and_that_the_marker_tells_the_truth(
    sandbox: Sandbox, what: str, outcome: Answer
) -> None:
    fault = sandbox.halo.faults.add(method="POST", path="/api/tickets", what=what)
    answer = make_writer(sandbox).send_ticket(make_ticket(sandbox))
    assert answer.outcome == outcome
    found = make_reader(sandbox).fetch_tickets_by_marker(MARKER)
    assert len(found) == (1 if fault.executes else 0)


def test_an_answer_that_comes_too_late_is_uncertain(sandbox: Sandbox) -> None:
    session = make_session(sandbox)
    HaloReader(session).probe()
    sandbox.halo.faults.add(method="POST", path="/api/actions", what="slow_after", seconds=3.5)
    answer: WriteAnswer = HaloWriter(session).send_action(make_note(1))
    assert answer.outcome == Answer.UNCERTAIN


def test_a_halo_that_is_not_there_pauses_and_is_safe_to_repeat(sandbox: Sandbox) -> None:
    writer = make_writer(sandbox)
    sandbox.stop()
    answer = writer.send_ticket(make_ticket(sandbox))
    assert (answer.outcome, answer.safe_to_repeat) == (Answer.PAUSE, True)


def test_a_read_that_comes_as_a_web_page_is_no_empty_list(sandbox: Sandbox) -> None:
    sandbox.halo.faults.add(method="GET", path="/api/client", what="empty")
    with pytest.raises(Exception, match="empty answer") as caught:
        list(make_reader(sandbox).fetch_clients())
    assert not isinstance(caught.value, ShortList)
