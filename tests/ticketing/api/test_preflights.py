"""Looks into HaloPSA and test tickets by REST."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import RunKind, WriteMode
from integrations.models import HaloCredential, Run
from tests.builders import make_credential
from tests.integrations.api.clients import make_caller, make_halo_client
from ticketing.models import IntegrationProfile, Preflight, PreflightState, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential(name="Main", write_mode=WriteMode.WRITE)


@pytest.fixture
def profile(credential: HaloCredential) -> IntegrationProfile:
    values: dict[str, Any] = {"name": "P", "ticket_type": 21, "status_open": 1, "status_closed": 2}
    return IntegrationProfile.objects.create(halo_credential=credential, **values)


def path(profile: IntegrationProfile, what: str) -> str:
    return f"/api/v1/integration-profiles/{profile.pk}/{what}/"


def test_what_the_last_look_said_is_told(profile: IntegrationProfile) -> None:
    caller = make_caller()
    assert caller.get(path(profile, "preflight")).json() == {
        "state": None,
        "checked_at": None,
        "due": True,
        "findings": [],
        "test_ticket": None,
    }
    rows = [{"level": "fails", "about": "team", "words": "The team is gone."}]
    Preflight.objects.create(profile=profile, state=PreflightState.FAILED, findings=rows)
    told = caller.get(path(profile, "preflight")).json()

    assert (told["state"], told["due"], told["findings"]) == ("failed", False, rows)


def test_a_look_is_asked_for_and_can_be_followed(profile: IntegrationProfile) -> None:
    answer = make_caller().post(path(profile, "preflight"))

    assert answer.status_code == 202
    assert answer.json()["kind"] == RunKind.PREFLIGHT
    assert answer["Location"].endswith(f"/api/v1/runs/{answer.json()['id']}/")


def test_saving_a_profile_asks_for_a_look(profile: IntegrationProfile) -> None:
    make_caller().patch(path(profile, "").replace("//", "/"), {"quiet_minutes": 20}, format="json")

    assert Run.objects.filter(kind=RunKind.PREFLIGHT).exists()


def test_a_test_ticket_is_sent_once(profile: IntegrationProfile, credential: HaloCredential) -> None:
    client = make_halo_client(credential)
    caller = make_caller()
    answer = caller.post(path(profile, "test-ticket"), {"client": client.pk}, format="json")
    again = caller.post(path(profile, "test-ticket"), {"client": client.pk}, format="json")

    assert (answer.status_code, answer.json()["is_test"]) == (201, True)
    assert again.status_code == 409
    assert "under way" in again.json()["detail"]
    assert Ticket.objects.count() == 1


def test_a_client_of_another_credential_is_a_conflict(profile: IntegrationProfile) -> None:
    stranger = make_halo_client(make_credential(name="Other"))
    answer = make_caller().post(path(profile, "test-ticket"), {"client": stranger.pk}, format="json")

    assert answer.status_code == 409
    assert not Ticket.objects.exists()
