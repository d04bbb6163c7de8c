"""What rules about a vendor's mails start from is a rule that can be saved and that takes a mail."""

from __future__ import annotations

import pytest

from integrations.catalogue import EVENT_TYPES
from integrations.choices import MailVerdict, Severity
from integrations.records import MailPreset
from integrations.registry import mail_presets
from integrations.sync.mail_patterns import problem_of
from integrations.sync.mail_rules import Rule, judge, series_problem
from integrations.sync.mails import parse_mail
from tests.contract.recorded import KINDS
from tests.integrations.sync.written import MORNING, write


def rules_of(kind: str) -> list[Rule]:
    """The presets of a vendor as rules for whoever sends the mails of tests."""
    return [
        Rule(
            name=preset.name,
            sender="vendor.example",
            event_type=preset.event_type,
            subject=preset.subject,
            body=preset.body,
            state=preset.state,
            resolved_pattern=preset.resolved_pattern,
            series=preset.series,
        )
        for preset in mail_presets(kind)
    ]


PRESETS = [(kind, preset) for kind in KINDS for preset in mail_presets(kind)]


@pytest.mark.parametrize(("kind", "preset"), PRESETS, ids=[f"{kind}-{found.key}" for kind, found in PRESETS])
def test_a_preset_is_a_rule_that_can_be_saved(kind: str, preset: MailPreset) -> None:
    assert preset.name
    assert [problem_of(text) for text in (preset.subject, preset.body, preset.resolved_pattern)] == [""] * 3
    assert series_problem(preset.series) == ""
    assert preset.event_type in EVENT_TYPES
    assert preset.severity in Severity.values
    assert preset.state in MailVerdict.values
    assert bool(preset.resolved_pattern) == (preset.state == MailVerdict.BY_PATTERN)
    assert preset.sender or preset.note, "staff have to learn whom to enter as sender"


def test_keys_of_a_vendor_are_different() -> None:
    keys = [(kind, preset.key) for kind, preset in PRESETS]
    assert len(set(keys)) == len(keys)


def test_a_vendor_that_sends_no_mails_has_no_presets() -> None:
    assert mail_presets("push") == ()


@pytest.mark.parametrize(
    ("subjects", "event_type", "computer"),
    [
        (
            (
                "Baker, Sons, Head office, PC-01 - Disk C: Failed",
                "Baker, Sons, Head office, PC-01 - Disk C: Resolved",
            ),
            "device.other",
            "PC-01",
        ),
        (
            ("Baker, Main, PC-02 - data overdue", "Baker, Main, PC-02 - data received"),
            "device.offline",
            "PC-02",
        ),
    ],
)
def test_mails_of_tactical_rmm_begin_and_end_one_series(
    subjects: tuple[str, str], event_type: str, computer: str
) -> None:
    rules = rules_of("tactical_rmm")
    taken = []
    for subject in subjects:
        word = judge(rules, parse_mail(write(subject, "- Resolved")), MORNING)[0]
        assert word is not None and word.taken is not None
        taken.append(word.taken)
    assert [one.event.state for one in taken] == ["open", "resolved"]
    assert {one.event.series_key for one in taken} == {taken[0].event.series_key}
    assert (taken[0].event.event_type, taken[0].computer) == (event_type, computer)


UID = "0f8b6a1e-3c2d-4e5f-8a9b-0c1d2e3f4a5b"
AS_GUESSED = [
    ("msp360", "Backup plan Daily: failed", "Computer: PC-01\nPlan: Daily\n", ("", "PC-01", "open")),
    ("msp360", "Backup plan Daily: success", "Computer: PC-01\n\nPlan: Daily\n", ("", "PC-01", "resolved")),
    (
        "ninjaone",
        "Condition triggered",
        "Organization: Baker\nDevice: PC-01\nSeverity: Critical\nCondition: Disk",
        ("Baker", "PC-01", "open"),
    ),
    ("ninjaone", "Condition reset", "Organisation: Baker\nDevice: PC-01", ("Baker", "PC-01", "resolved")),
    ("datto_rmm", f"Alert {UID}", "Device: PC-01\nSite: Baker\n", ("Baker", "PC-01", "open")),
    ("ncentral", "Service failed", "Customer: Baker\nDevice: PC-01\nService: C", ("Baker", "PC-01", "open")),
    ("ncentral", "Service normal", "Customer: Baker\nDevice: PC-01", ("Baker", "PC-01", "resolved")),
]


@pytest.mark.parametrize(("kind", "subject", "text", "expected"), AS_GUESSED)
def test_what_is_guessed_takes_the_mail_that_was_guessed(
    kind: str, subject: str, text: str, expected: tuple[str, str, str]
) -> None:
    word = judge(rules_of(kind), parse_mail(write(subject, text)), MORNING)[0]
    assert word is not None and word.taken is not None
    assert (word.taken.company, word.taken.computer, word.taken.event.state) == expected
