"""What rules about a vendor's mails start from is a rule that can be saved and that takes a mail."""

from __future__ import annotations

import pytest

from integrations.catalogue import EVENT_TYPES
from integrations.choices import MailVerdict, Severity
from integrations.records import MailPreset
from integrations.registry import mail_presets
from integrations.sync.mail_patterns import problem_of
from integrations.sync.mail_rules import Rule, first_taker, series_problem
from integrations.sync.mails import parse_mail
from tests.contract.recorded import KINDS
from tests.integrations.sync.written import MORNING, write

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
    rules = [
        Rule(
            name=preset.name,
            sender="vendor.example",
            event_type=preset.event_type,
            subject=preset.subject,
            state=preset.state,
            resolved_pattern=preset.resolved_pattern,
            series=preset.series,
        )
        for preset in mail_presets("tactical_rmm")
    ]
    taken = []
    for subject in subjects:
        word = first_taker(rules, parse_mail(write(subject, "- Resolved")), MORNING)
        assert word is not None and word.taken is not None
        taken.append(word.taken)
    assert [one.event.state for one in taken] == ["open", "resolved"]
    assert {one.event.series_key for one in taken} == {taken[0].event.series_key}
    assert (taken[0].event.event_type, taken[0].computer) == (event_type, computer)
