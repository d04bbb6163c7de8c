"""The cases of the contract, and where each kind of console is tried in them.

A test of this folder says by `@pytest.mark.case(...)` which cases it covers, for the kinds that it runs for.
What is tried elsewhere, and what does not apply, stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from tests.contract.recorded import READ_KINDS, sample

HERE = Path(__file__).parent
TESTS = HERE.parent

PAGING = "paging to the end"
CUT, EMPTY, REPEATED = "cut page", "empty list", "repeated page"
ONCE, FOR_EVER, FORBIDDEN = "401 once", "401 for ever", "403"
BUSY, BUSY_UNTIL = "429", "429 with `Retry-After`"
FAILED, SILENT = "500, then fine", "time-out"
NOT_JSON, UNKNOWN, MISSING = "not JSON", "unknown fields", "missing fields"
UNICODE, TIMES, MANY = "unicode", "times in every form", "10,000 devices"
CASES = (
    *(PAGING, CUT, EMPTY, REPEATED),
    *(ONCE, FOR_EVER, FORBIDDEN, BUSY, BUSY_UNTIL, FAILED, SILENT),
    *(NOT_JSON, UNKNOWN, MISSING, UNICODE, TIMES, MANY),
)

CONNECTORS = "integrations/connectors"
TABLES = "integrations/sync/tables"
UPLOADS = "integrations/ingest/uploads"
MAIL_SERVERS = "integrations/net/test_mail_servers.py"

OWN: dict[str, dict[str, str]] = {
    "msp360": {
        MANY: f"{CONNECTORS}/msp360/test_many_alerts.py"
        "::test_ten_thousand_computers_take_a_few_hundred_bytes_each"
    },
    "ninjaone": {
        MANY: f"{CONNECTORS}/ninjaone/test_many_devices.py"
        "::test_ten_thousand_devices_take_little_more_than_one_thousand"
    },
    "tactical_rmm": {
        MANY: f"{CONNECTORS}/tactical_rmm/test_many_computers.py"
        "::test_ten_thousand_computers_take_little_memory"
    },
    "ncentral": {
        MANY: f"{CONNECTORS}/ncentral/test_many_devices.py"
        "::test_ten_thousand_devices_take_little_more_than_one_thousand"
    },
    "itglue": {
        MANY: f"{CONNECTORS}/itglue/test_many_configurations.py"
        "::test_ten_thousand_take_little_more_than_one_thousand"
    },
    "scalepad": {
        MANY: f"{CONNECTORS}/scalepad/test_many_assets.py"
        "::test_ten_thousand_take_little_more_than_one_thousand"
    },
    "datto_rmm": {
        MANY: f"{CONNECTORS}/datto_rmm/test_many_devices.py"
        "::test_ten_thousand_devices_take_little_more_than_one_thousand"
    },
    "connectwise_rmm": {
        MANY: f"{CONNECTORS}/connectwise_rmm/test_many_endpoints.py"
        "::test_ten_thousand_endpoints_take_little_more_than_one_thousand"
    },
    "connectwise_automate": {
        MANY: f"{CONNECTORS}/connectwise_automate/test_many_computers.py"
        "::test_ten_thousand_computers_take_little_more_than_one_thousand"
    },
    "connectsecure": {
        MANY: f"{CONNECTORS}/connectsecure/test_many_assets.py"
        "::test_ten_thousand_assets_take_little_more_than_one_thousand"
    },
    "email": {
        PAGING: f"{CONNECTORS}/email/test_many_mails.py::test_ten_thousand_mails_take_little_memory",
        CUT: f"{MAIL_SERVERS}::test_an_answer_that_is_none_ends_in_a_sentence",
        EMPTY: f"{CONNECTORS}/email/test_reading_a_mailbox.py"
        "::test_an_empty_mailbox_has_a_place_to_go_on_from",
        REPEATED: "integrations/ingest/test_mails.py::test_a_copy_of_a_mail_is_not_kept_twice",
        FOR_EVER: f"{MAIL_SERVERS}::test_a_login_that_is_refused_tells_the_servers_words_and_no_secret",
        FORBIDDEN: f"{CONNECTORS}/email/test_reading_a_mailbox.py"
        "::test_a_wrong_password_and_a_wrong_folder_are_told",
        SILENT: f"{MAIL_SERVERS}::test_a_server_that_does_not_greet_is_given_up",
        NOT_JSON: "integrations/sync/test_bad_mails.py::test_any_bytes_are_a_mail",
        MISSING: "integrations/sync/test_bad_mails.py"
        "::test_a_mail_without_date_and_message_id_has_a_key_of_its_own_content",
        UNICODE: "integrations/sync/test_mail_charsets.py::test_charsets_that_mails_use_are_read",
        TIMES: "integrations/net/test_a_real_mail_server.py::test_the_server_tells_size_and_time_of_arrival",
        MANY: f"{CONNECTORS}/email/test_many_mails.py::test_ten_thousand_mails_take_little_memory",
    },
    "spreadsheet": {
        CUT: f"{TABLES}/test_any_damage.py::test_damage_is_read_or_refused",
        EMPTY: f"{UPLOADS}/test_looking.py::test_a_file_of_headers_only_is_told",
        REPEATED: f"{UPLOADS}/test_applying.py::test_twice_applied_changes_nothing",
        NOT_JSON: f"{TABLES}/test_what_a_file_is.py::test_what_cannot_be_read_says_so",
        UNKNOWN: f"{TABLES}/test_headers.py::test_a_header_is_understood",
        MISSING: f"{UPLOADS}/test_applying.py::test_an_empty_cell_empties_and_a_missing_column_leaves",
        UNICODE: f"{TABLES}/test_csv.py::test_the_encoding_is_found",
        TIMES: f"{TABLES}/test_dates.py::test_what_can_be_read_in_one_way_is_read_so",
        MANY: f"{TABLES}/test_memory.py::test_memory_stays_flat",
    },
    "push": {
        EMPTY: f"{CONNECTORS}/push/test_deliveries.py::test_an_empty_array_is_no_event",
        REPEATED: "integrations/api/test_posted_events.py::test_a_repeat_is_a_duplicate_and_asks_for_nothing",
        NOT_JSON: f"{CONNECTORS}/push/test_deliveries.py::test_a_body_that_is_not_json_is_told",
        MANY: f"{CONNECTORS}/push/test_deliveries.py::test_more_than_a_thousand_items_are_refused",
    },
}
"""Tests of their own, by kind and case: file and name."""

STATUSES = (ONCE, FOR_EVER, FORBIDDEN, BUSY, BUSY_UNTIL, FAILED, SILENT)
DOES_NOT_APPLY: dict[str, dict[str, str]] = {
    "email": {
        ONCE: "IMAP logs in once for each read",
        BUSY: "IMAP knows no such answer",
        BUSY_UNTIL: "IMAP knows no such answer",
        FAILED: "the next poll asks again",
        UNKNOWN: "headers that nobody knows are part of every mail",
    },
    "spreadsheet": {PAGING: "uploaded whole", **dict.fromkeys(STATUSES, "nothing is called")},
    "push": {
        PAGING: "nothing is read",
        CUT: "half a body is not JSON",
        **dict.fromkeys(STATUSES, "nothing is called"),
    },
}
"""The reason, by kind and case."""


def unpaged(kind: str) -> dict[str, str]:
    """Why a list of this kind has no pages that could repeat, by path; all of them read over the network."""
    rows = sample(kind, "answers.json")["unpaged"] if kind in READ_KINDS else ()
    return {row["path"]: row["because"] for row in rows}


def covered_here() -> set[tuple[str, str]]:
    """(kind, case) of all marked tests of this folder, as they are parametrised."""
    return {
        (kind, case)
        for path in HERE.glob("test_*.py")
        for thing in vars(import_module(f"tests.contract.{path.stem}")).values()
        for kind, case in _covered_by(thing)
    }


def _covered_by(thing: object) -> Iterator[tuple[str, str]]:
    marks = getattr(thing, "pytestmark", ())
    cases = [case for mark in marks if mark.name == "case" for case in mark.args]
    kinds = {kind for mark in marks if mark.name == "parametrize" for kind in _kinds_of(*mark.args)}
    yield from ((kind, case) for kind in kinds for case in cases)


def _kinds_of(names: str | tuple[str, ...], values: object) -> Iterator[str]:
    known = (names,) if isinstance(names, str) else names
    if "kind" not in known or not isinstance(values, list | tuple):
        return
    for value in values:
        yield value if isinstance(names, str) else value[known.index("kind")]


def name_of(kind: str, case: str, here: set[tuple[str, str]]) -> str:
    """What stands in the table for a kind and a case; empty where nobody has said anything."""
    if (kind, case) in here:
        return "here"
    if case in OWN.get(kind, {}):
        return "own"
    reason = DOES_NOT_APPLY.get(kind, {}).get(case) or _why_unpaged(kind, case)
    return f"– {reason}" if reason else ""


def _why_unpaged(kind: str, case: str) -> str:
    return next(iter(unpaged(kind).values()), "") if case in (PAGING, REPEATED) else ""
