"""A credential that is held back: how programs see it, and how it is released."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.backups import hold
from integrations.choices import RunKind
from integrations.models import HaloCredential, Run
from tests.builders import make_credential
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

LIST = "/api/v1/halo-credentials/"


@pytest.fixture
def held() -> HaloCredential:
    credential = make_credential(name="Main")
    hold("It is a copy.", timezone.now() - timedelta(hours=1))
    return credential


def release(credential: HaloCredential, *permissions: str) -> Any:
    return make_caller(*permissions).post(f"{LIST}{credential.pk}/release/")


def test_it_says_since_when_why_and_what_it_does_not_know(held: HaloCredential) -> None:
    told = make_caller().get(f"{LIST}{held.pk}/").json()
    assert told["held_reason"] == "It is a copy."
    assert told["unknown_since"] < told["held_since"]


def test_a_release_answers_with_the_run_that_reads_everything_before(held: HaloCredential) -> None:
    answer = release(held)
    assert answer.status_code == 202, answer.content
    run = Run.objects.get(pk=answer.json()["id"])
    assert (run.kind, run.halo_credential) == (RunKind.SYNC_HALO, held)
    assert run.parameters["full"] is run.parameters["release"] is True
    held.refresh_from_db()
    assert held.held_since, "not before HaloPSA has been read"


def test_asked_twice_it_is_one_run(held: HaloCredential) -> None:
    assert release(held).json()["id"] == make_caller().post(f"{LIST}{held.pk}/release/").json()["id"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"held_since": None}, "This credential is not held back."),
        ({"enabled": False}, "This credential is switched off."),
    ],
)
def test_what_cannot_be_released_says_why(
    held: HaloCredential, values: dict[str, Any], sentence: str
) -> None:
    HaloCredential.objects.update(**values)
    answer = release(held)
    assert (answer.status_code, answer.json()["detail"]) == (409, sentence)
    assert not Run.objects.exists()


def test_who_may_only_read_releases_nothing(held: HaloCredential) -> None:
    answer = release(held, "integrations.view_halocredential")
    assert answer.status_code == 403
    assert not Run.objects.exists()
