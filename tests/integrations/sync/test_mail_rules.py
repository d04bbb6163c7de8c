"""Which mail becomes which event, and why another one does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.choices import EventState, MailVerdict
from integrations.records import EventRecord
from integrations.sync.mail_rules import (
    Rule,
    Taken,
    TooSlow,
    judge,
    judge_all,
    series_problem,
    with_ids,
)
from integrations.sync.mails import parse_mail
from tests.integrations.sync.written import MORNING, write

NOW = MORNING + timedelta(minutes=1)
FAILED = Rule(
    name="Failed",
    sender="vendor.example",
    event_type="backup.failed",
    key=1,
    subject=r"Backup (failed|succeeded): (?P<computer>\S+)",
    state=MailVerdict.BY_PATTERN.value,
    resolved_pattern="succeeded",
)


def make_rule(**values: Any) -> Rule:
    defaults: dict[str, Any] = {"name": "Any", "sender": "vendor.example", "event_type": "backup.failed"}
    return Rule(**{**defaults, **values})


def say(rule: Rule, raw: bytes) -> tuple[Taken | None, str]:
    word = next(judge_all([rule], parse_mail(raw), NOW))
    return word.taken, word.reason


def taken(rule: Rule, raw: bytes) -> Taken:
    found, reason = say(rule, raw)
    assert found is not None, reason
    return found


def event(rule: Rule, raw: bytes) -> EventRecord:
    return taken(rule, raw).event


# ---- who is meant ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "sender", "fits"),
    [
        ("alerts@vendor.example", "Alerts <ALERTS@Vendor.example>", True),
        ("vendor.example", "a@vendor.example", True),
        ("@vendor.example", "a@eu.vendor.example", True),
        ("vendor.example", "a@evilvendor.example", False),
        ("vendor.example", "a@vendor.example.evil.example", False),
        ("alerts@vendor.example", "other@vendor.example", False),
        ("vendor.example", "vendor.example <a@evil.example>", False),
        ("vendor.example", "=?utf-8?q?a=40vendor=2Eexample=2C?= <a@evil.example>", False),
    ],
)
def test_a_rule_is_for_one_address_or_for_a_domain_and_what_is_below_it(
    wanted: str, sender: str, fits: bool
) -> None:
    raw = write().replace(b"Alerts <alerts@vendor.example>", sender.encode())
    found, reason = say(make_rule(sender=wanted), raw)
    assert (found is not None) is fits
    assert fits or "sender" in reason


def test_a_mail_with_two_senders_is_from_nobody() -> None:
    found, reason = say(make_rule(), write(sender="a@vendor.example, b@evil.example"))
    assert found is None
    assert reason == "The mail does not name exactly one sender."


# ---- what is taken out ----------------------------------------------------------------------


def test_parts_of_subject_and_text_become_names_severity_and_series() -> None:
    rule = make_rule(
        subject=r"\[(?P<severity>\w+)\] (?P<computer>\S+)",
        body=r"^Client: (?P<company>.+)$\n^Plan: (?P<series>.+)$",
    )
    found = taken(
        rule, write("[Critical] PC-01 is in trouble", "Hello\nClient:  Baker  & Sons\nPlan: Daily\n")
    )

    assert (found.company, found.computer) == ("Baker & Sons", "PC-01")
    assert found.event.severity == "critical"
    assert found.event.series_key == "backup.failed|baker & sons|pc-01|daily"
    assert found.event.title == "[Critical] PC-01 is in trouble"


def test_the_subject_is_believed_before_the_text() -> None:
    rule = make_rule(subject=r"(?P<computer>PC-\d+)", body=r"Computer: (?P<computer>\S+)")
    assert taken(rule, write("PC-01", "Computer: PC-02")).computer == "PC-01"


def test_a_severity_that_is_no_known_word_leaves_that_of_the_rule() -> None:
    rule = make_rule(subject=r"\[(?P<severity>\w+)\]", severity="low")
    assert event(rule, write("[Purple]")).severity == "low"


def test_the_reason_says_which_pattern_was_not_found() -> None:
    assert say(make_rule(subject="succeeded"), write("failed")) == (
        None,
        "The pattern is not found in the subject.",
    )
    assert say(make_rule(body="succeeded"), write(text="failed"))[1].endswith("in the text.")


def test_blanks_and_case_do_not_make_two_series() -> None:
    rule = make_rule(subject=r"^(?P<computer>.+) (?:failed|ok)$", series="backup|{computer}")
    keys = {event(rule, write(subject)).series_key for subject in ("PC 01 failed", "pc 01 ok")}
    assert keys == {"backup|pc 01"}


def test_a_mail_without_a_subject_is_called_like_its_event_type() -> None:
    assert event(make_rule(), write("")).title == "Backup failed"


# ---- open and resolved ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "text", "expected"),
    [
        ("open", "all is well", EventState.OPEN),
        ("resolved", "it failed", EventState.RESOLVED),
        ("by_pattern", "Status: OK", EventState.RESOLVED),
        ("by_pattern", "Status: failed", EventState.OPEN),
    ],
)
def test_a_rule_says_whether_it_is_open_or_resolved(state: str, text: str, expected: str) -> None:
    rule = make_rule(state=state, resolved_pattern=r"Status: ok")
    assert event(rule, write(text=text)).state == expected


def test_trigger_and_recovery_meet_by_the_series_key() -> None:
    first = event(FAILED, write("Backup failed: PC-01"))
    then = event(FAILED, write("Backup succeeded: pc-01"))
    assert first.series_key == then.series_key
    assert (first.state, then.state) == (EventState.OPEN, EventState.RESOLVED)
    assert first.external_id != then.external_id


# ---- order ----------------------------------------------------------------------------------


def test_the_first_rule_that_takes_a_mail_wins() -> None:
    rules = [make_rule(key=1, subject="other"), make_rule(key=2), make_rule(key=3)]
    word = judge(rules, parse_mail(write()), NOW)[0]
    assert word is not None
    assert word.rule.key == 2
    assert judge(rules[:1], parse_mail(write()), NOW)[0] is None


_MAILS = [
    write(f"Backup {word}: PC-{number}", sent_at=MORNING + timedelta(minutes=number))
    for number in range(4)
    for word in ("failed", "succeeded")
]


@given(st.permutations(_MAILS))
def test_the_order_of_mails_does_not_matter_for_the_events(mails: list[bytes]) -> None:
    def events(some: list[bytes]) -> set[EventRecord]:
        found = [judge([FAILED], parse_mail(raw), NOW + timedelta(hours=1))[0] for raw in some]
        return {word.taken.event for word in found if word and word.taken}

    assert events(mails) == events(_MAILS)
    assert len(events(mails)) == len(_MAILS)


# ---- time and repeats -----------------------------------------------------------------------


def test_a_copy_of_a_mail_is_a_repeat_of_its_event() -> None:
    raw = write()
    copy = b"Received: from another by yet another; Sun, 1 Mar 2026 10:00:00 +0000\r\n" + raw
    first, second = event(FAILED, raw), event(FAILED, copy)
    assert (first.external_id, first.occurred_at) == (second.external_id, second.occurred_at)
    assert parse_mail(raw).key == parse_mail(copy).key


def test_two_mails_with_the_same_message_id_and_another_date_are_two() -> None:
    """Scripts with a fixed message id exist; the second mail must not be lost."""
    mails = [
        parse_mail(write(message_id="<always@same>", sent_at=MORNING + timedelta(minutes=minutes)))
        for minutes in (0, 5)
    ]
    assert mails[0].key != mails[1].key


@pytest.mark.parametrize(
    ("sent_at", "expected"),
    [
        (MORNING, MORNING),
        (NOW + timedelta(hours=3), NOW),
        (NOW - timedelta(days=4), NOW - timedelta(days=4)),
        (NOW - timedelta(days=40), NOW),
        (None, NOW),
    ],
)
def test_a_date_that_can_not_be_true_gives_way_to_the_time_of_receipt(sent_at: Any, expected: Any) -> None:
    assert event(make_rule(), write(sent_at=sent_at)).occurred_at == expected


def test_ids_of_the_console_and_what_was_not_found_are_put_into_the_event() -> None:
    found = with_ids(taken(FAILED, write()), "c1", None, "No such computer.")
    assert (found.company_external_id, found.computer_external_id) == ("c1", None)
    assert found.raw["remark"] == "No such computer."


# ---- patterns that hang ---------------------------------------------------------------------

SLOW = r"^(a|a)*$"
LONG = "a" * 5000 + "!"


def test_a_pattern_that_takes_too_long_costs_its_own_rule_only() -> None:
    word = judge([make_rule(key=1, body=SLOW), make_rule(key=2)], parse_mail(write(text=LONG)), NOW)[0]
    assert word is not None
    assert word.rule.key == 2
    assert say(make_rule(body=SLOW), write(text=LONG))[1].startswith("A pattern of this rule took too long")


def test_many_slow_patterns_end_with_a_sentence_instead_of_a_guess() -> None:
    rules = [make_rule(key=number, name=f"R{number}", body=SLOW) for number in range(200)]
    with pytest.raises(TooSlow, match="took too long over this mail"):
        judge(rules, parse_mail(write(text=LONG)), NOW)[0]


# ---- the template of a series key -----------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("", ""),
        ("backup|{computer}", ""),
        ("{subject}", "{subject} is not known"),
        ("{computer", "A brace stands alone"),
        ("{computer.__class__}", "is not known"),
    ],
)
def test_a_series_key_names_known_parts_only(template: str, problem: str) -> None:
    found = series_problem(template)
    assert problem in found
    assert bool(found) is bool(problem)
