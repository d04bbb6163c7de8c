"""Whose session has ended when a button is pressed is told after the log-in that nothing was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from integrations.admin.display import admin_url
from integrations.choices import RunKind
from integrations.models import Instance, Run
from mappings.models import ComputerReview
from tests.halobridge.admin.rows import fill, make_world
from tests.integrations.admin.made import make_credential, make_run, make_superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    user = make_superuser()
    user.set_password("a long secret of staff")
    user.save()
    return user


def press_without_session(client: Client, staff: User, url: str) -> Any:
    """Press, log in where that leads to, and follow."""
    asked = client.post(url)
    assert asked["Location"].startswith(reverse("admin:login"))
    typed = {"username": staff.username, "password": "a long secret of staff"}
    return client.post(asked["Location"], typed, follow=True)


def test_stopping_all_writing_is_asked_for_again(client: Client, staff: User) -> None:
    make_credential()

    answer = press_without_session(client, staff, reverse("admin:integrations_instance_stop_all"))

    assert answer.request["PATH_INFO"] == reverse("admin:integrations_instance_stop_writing")
    said = "You were logged out, so nothing was done. Press “Stop all writing” again."
    assert said in answer.content.decode()
    assert not Instance.objects.filter(writes_stopped=True).exists()


def test_a_button_of_a_row_leads_back_to_the_row(client: Client, staff: User) -> None:
    credential = make_credential()

    answer = press_without_session(
        client, staff, reverse("admin:integrations_halocredential_test_now", args=(credential.pk,))
    )

    assert answer.request["PATH_INFO"] == admin_url(credential)
    assert "so nothing was done. Press “Test now” again." in answer.content.decode()
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("name", "number_of", "back"),
    [
        ("integrations_plan_undo", lambda: make_run(RunKind.GAPS).pk, "/admin/integrations/run/"),
        ("mappings_gap_look", lambda: make_credential().pk, "/admin/mappings/gap/"),
        ("ticketing_alert_quiet", None, "/admin/ticketing/alert/loudest/"),
    ],
)
def test_so_do_the_buttons_of_other_pages(
    client: Client, staff: User, name: str, number_of: Callable[[], int] | None, back: str
) -> None:
    arguments = (number_of(),) if number_of else ()

    answer = press_without_session(client, staff, reverse(f"admin:{name}", args=arguments))

    assert answer.request["PATH_INFO"].startswith(back)
    assert "You were logged out, so nothing was done." in answer.content.decode()


def test_a_decision_leads_back_to_what_is_to_be_decided(client: Client, staff: User) -> None:
    fill(make_world(), 1)
    review = ComputerReview.objects.all()[0]

    answer = press_without_session(
        client, staff, reverse("admin:mappings_computerreview_decide", args=(review.pk,))
    )

    assert answer.request["PATH_INFO"] == admin_url(review)
    assert "so nothing was done. Press the button again." in answer.content.decode()
