"""The rules: every decision with its reason, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ticketing import rules
from ticketing.models import Decision
from ticketing.rules import Facts, MappingFacts, ProfileFacts, RuleFacts, SetFacts, decide, silence

BACKUP = SetFacts("Backup", frozenset({"backup.failed"}))
DEVICES = SetFacts("Devices", frozenset({"device.offline", "backup.failed"}))
P1 = ProfileFacts(1, "P1", credential_id=7)
P2 = ProfileFacts(2, "P2", credential_id=7)
DEFAULT = ProfileFacts(3, "Default", credential_id=7)


def make_facts(*pairs: RuleFacts, **values: object) -> Facts:
    mapping = values.pop("mapping", MappingFacts(create_tickets=True, rules=pairs))
    defaults: dict[str, object] = {
        "credential_id": 7,
        "credential_name": "Main",
        "event_type": "backup.failed",
        "event_type_name": "Backup failed",
        "company": "Alder Dental",
        "mapping": mapping,
    }
    return Facts(**{**defaults, **values})  # type: ignore[arg-type]


def test_the_values_are_those_of_the_model() -> None:
    assert (rules.WANTED, rules.WAITING, rules.NOT_WANTED, rules.BASELINE) == (
        Decision.WANTED,
        Decision.WAITING,
        Decision.NOT_WANTED,
        Decision.BASELINE,
    )


def test_a_rule_that_selects_the_type_wants_a_ticket() -> None:
    verdict = decide(make_facts(RuleFacts(BACKUP, P1)))
    assert (verdict.decision, verdict.profile_id) == (Decision.WANTED, 1)
    assert verdict.reason == (
        "Ticket rule 1 of 'Alder Dental': the event set 'Backup' selects 'Backup failed', profile 'P1'."
    )


def test_the_first_matching_rule_wins() -> None:
    assert decide(make_facts(RuleFacts(BACKUP, P1), RuleFacts(DEVICES, P2))).profile_id == 1
    assert decide(make_facts(RuleFacts(DEVICES, P2), RuleFacts(BACKUP, P1))).profile_id == 2
    offline = make_facts(RuleFacts(BACKUP, P1), RuleFacts(DEVICES, P2), event_type="device.offline")
    assert decide(offline).profile_id == 2


def test_the_defaults_do_not_serve_a_mapping_with_rules_of_its_own() -> None:
    facts = make_facts(
        RuleFacts(BACKUP, P1), event_type="device.offline", default_set=DEVICES, default_profile=DEFAULT
    )
    verdict = decide(facts)
    assert verdict.decision == Decision.NOT_WANTED
    assert verdict.reason.startswith("No ticket rule of 'Alder Dental' selects")


def test_the_defaults_serve_a_mapping_without_rules() -> None:
    verdict = decide(make_facts(default_set=BACKUP, default_profile=DEFAULT))
    assert (verdict.decision, verdict.profile_id) == (Decision.WANTED, 3)


@pytest.mark.parametrize(
    ("values", "decision", "words"),
    [
        ({"mapping": None}, Decision.WAITING, "The company 'Alder Dental' is not mapped to a Halo client; "),
        ({}, Decision.NOT_WANTED, "there is no default event set"),
        ({"default_set": SetFacts("Ports", frozenset())}, Decision.NOT_WANTED, "'Ports' does not select"),
        ({"default_set": BACKUP}, Decision.WAITING, "'Main' has no default profile"),
        (
            {"mapping": None, "company": None, "default_set": BACKUP, "default_profile": DEFAULT},
            Decision.WAITING,
            "The console did not say which company",
        ),
        (
            {
                "mapping": None,
                "company": None,
                "default_set": BACKUP,
                "default_profile": replace(DEFAULT, has_client=True),
            },
            Decision.WANTED,
            "It has no company",
        ),
    ],
)
def test_without_rules(values: dict[str, object], decision: str, words: str) -> None:
    verdict = decide(make_facts(**values))
    assert verdict.decision == decision
    assert words in verdict.reason


def with_mapping(**values: object) -> Facts:
    mapping = MappingFacts(**{"create_tickets": True, "rules": (RuleFacts(BACKUP, P1),), **values})  # type: ignore[arg-type]
    return make_facts(mapping=mapping)


def test_create_tickets_off_wants_none() -> None:
    verdict = decide(with_mapping(create_tickets=False))
    assert (verdict.decision, verdict.reason) == (
        Decision.NOT_WANTED,
        "'Create tickets' is off for 'Alder Dental'.",
    )


def test_no_notification_comes_before_everything() -> None:
    facts = with_mapping(no_notification=True)
    verdict = decide(facts)
    assert verdict.decision == Decision.NOT_WANTED
    assert (
        verdict.reason == silence(facts) == "'No notification' is on for 'Alder Dental': nothing is written."
    )


def test_a_client_that_is_gone_makes_it_wait() -> None:
    verdict = decide(with_mapping(client_problem="The Halo client 'X' is inactive."))
    assert (verdict.decision, verdict.reason) == (Decision.WAITING, "The Halo client 'X' is inactive.")


def test_a_profile_of_another_credential_makes_it_wait() -> None:
    verdict = decide(make_facts(RuleFacts(BACKUP, replace(P1, credential_id=8))))
    assert verdict.decision == Decision.WAITING
    assert "belongs to another HaloPSA credential" in verdict.reason


def test_a_choice_that_vanished_makes_it_wait_with_its_sentence() -> None:
    verdict = decide(make_facts(RuleFacts(BACKUP, replace(P1, problems=("Status 9 is gone.",)))))
    assert (verdict.decision, verdict.reason) == (Decision.WAITING, "Status 9 is gone.")


def test_the_baseline_waits_to_be_chosen() -> None:
    facts = make_facts(RuleFacts(BACKUP, P1), baseline="It was open before.")
    assert (decide(facts).decision, decide(facts).reason) == (Decision.BASELINE, "It was open before.")
    assert decide(replace(facts, chosen=True)).decision == Decision.WANTED


def test_what_came_in_observe_mode_is_a_baseline() -> None:
    facts = make_facts(RuleFacts(BACKUP, P1), came_observed="It came in observe mode.")
    assert (decide(facts).decision, decide(facts).observed) == (Decision.BASELINE, False)
    assert decide(replace(facts, chosen=True)).decision == Decision.WANTED


def test_observe_mode_says_what_would_have_happened() -> None:
    verdict = decide(make_facts(RuleFacts(BACKUP, P1), observing=True))
    assert (verdict.decision, verdict.observed) == (Decision.BASELINE, True)
    assert "It would have become a ticket." in verdict.reason


def test_what_nobody_wants_is_not_observed() -> None:
    assert not decide(make_facts(observing=True)).observed
