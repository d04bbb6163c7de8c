"""Settings of a console are chosen, not typed; words that were typed before stay what they meant."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms import Field
from django.test import Client
from django.urls import reverse

from integrations.admin.console_form import PREFIX, ConsoleForm, console_form
from integrations.connections import check_console_credentials
from integrations.models import Console
from tests.integrations.admin.made import SECRET, make_superuser

pytestmark = pytest.mark.django_db

KEYS = {"tenant": "acme", "client_id": "id", "client_secret": SECRET}
TYPED: dict[str, Any] = {
    "name": "Scanner",
    "base_url": "https://pod101.myconnectsecure.com",
    **{PREFIX + name: value for name, value in KEYS.items()},
    "time_zone": "UTC",
    "enabled": "on",
}


def form_of(kind: str, **stored: str) -> ConsoleForm:
    return console_form(kind, stored)(instance=Console(kind=kind, credentials=stored))


def shown(form: ConsoleForm, name: str) -> object:
    return form.get_initial_for_field(form.fields[PREFIX + name], PREFIX + name)


def choices_of(field: Field) -> list[object]:
    return [value for value, _ in field.choices]  # type: ignore[attr-defined]


def test_a_switch_is_usual_yes_or_no_and_says_what_is_usual() -> None:
    field = form_of("datto_rmm").fields["credential_read_audits"]

    assert list(field.choices) == [("", "As usual: yes"), ("yes", "Yes"), ("no", "No")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("stored", "seen"), [("TRUE", "yes"), ("off", "no"), ("Yes", "yes"), ("", "")])
def test_words_that_were_typed_before_are_shown_as_the_choice_they_meant(stored: str, seen: str) -> None:
    assert shown(form_of("tactical_rmm", full_records=stored), "full_records") == seen


def test_of_several_all_that_are_stored_are_ticked() -> None:
    form = form_of("connectsecure", remediation_by="Asset_and_Product,  company")

    assert shown(form, "remediation_by") == ["company", "asset and product"]
    assert choices_of(form.fields["credential_remediation_by"]) == [
        "company",
        "asset",
        "product",
        "asset and product",
    ]


def test_what_is_chosen_is_stored_and_what_is_usual_is_not(client: Client) -> None:
    client.force_login(make_superuser())
    address = f"{reverse('admin:integrations_console_add')}?kind=connectsecure"
    chosen = {"credential_severe_only": "yes", "credential_remediation_by": ["product", "company"]}
    client.post(address, {**TYPED, **chosen, "credential_prospects": ""})

    assert Console.objects.get().credentials == {
        **KEYS,
        "severe_only": "yes",
        "remediation_by": "product, company",
    }


@pytest.mark.parametrize(
    ("kind", "name", "typed", "sentence"),
    [
        ("connectsecure", "severe_only", "maybe", "Severe remediation only: 'maybe' is none of yes, no."),
        (
            "connectsecure",
            "remediation_by",
            "asset, colour",
            "Remediation by: 'colour' is none of company, asset, product, asset and product.",
        ),
        (
            "connectwise_rmm",
            "companies_at_once",
            "9",
            "Companies in one call: '9' is none of 1, 2, 3, 4.",
        ),
        ("ncentral", "severities", "6=worst", "'6=worst' is no severity of a state; write 5=high."),
    ],
)
def test_programs_are_told_what_can_be_chosen(kind: str, name: str, typed: str, sentence: str) -> None:
    assert check_console_credentials(kind, {name: typed})[name] == sentence


def test_the_usual_and_every_choice_are_taken() -> None:
    for word in ("", "yes", "no", "True", "0"):
        assert "prospects" not in check_console_credentials("connectsecure", {**KEYS, "prospects": word})
    for word in ("", "company", "asset and product", "ASSET_AND_PRODUCT, product"):
        assert "remediation_by" not in check_console_credentials("connectsecure", {"remediation_by": word})
