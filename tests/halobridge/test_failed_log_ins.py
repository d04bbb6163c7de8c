"""Guessing passwords: a name whose log-ins fail has to wait where they fail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from halobridge.lockout import address_of
from tests.integrations.admin.made import make_staff, make_superuser

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"
PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def _accounts() -> None:
    make_superuser("admin")
    make_staff("ann")


def log_in(name: str = "admin", password: str = "a wrong guess", address: str = HERE) -> HttpResponse:
    typed = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post(reverse("admin:login"), typed)  # type: ignore[return-value]


def fail_five_times(name: str = "admin") -> list[int]:
    return [log_in(name).status_code for _ in range(5)]


def is_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302


def test_the_fifth_failure_says_how_long_to_wait_and_who_can_help() -> None:
    assert fail_five_times() == [200, 200, 200, 200, 429]
    answer = log_in()
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "Wait 15 minutes" in page
    assert "axes_reset_username" in page


def test_meanwhile_even_the_right_password_is_refused() -> None:
    fail_five_times()
    assert log_in(password=PASSWORD).status_code == 429


def test_after_the_wait_it_is_taken_although_somebody_kept_guessing() -> None:
    fail_five_times()
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        assert log_in().status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert is_in(log_in(password=PASSWORD))


def test_nobody_locks_out_a_person_who_is_elsewhere() -> None:
    fail_five_times()
    assert is_in(log_in(password=PASSWORD, address=ELSEWHERE))


def test_other_names_at_the_same_address_are_not_held_up() -> None:
    fail_five_times()
    assert is_in(log_in("ann", PASSWORD))


def test_a_log_in_that_succeeds_forgets_the_failures_before() -> None:
    for _ in range(3):
        assert [log_in().status_code for _ in range(4)] == [200] * 4
        assert is_in(log_in(password=PASSWORD))


def test_another_browser_of_the_guesser_starts_no_new_count() -> None:
    for number in range(5):
        client = Client(REMOTE_ADDR=HERE, headers={"user-agent": f"Browser {number}"})
        last = client.post(reverse("admin:login"), {"username": "admin", "password": "guess"})
    assert last.status_code == 429


def test_an_administrator_lets_the_name_in_again_at_once(client: Client) -> None:
    fail_five_times()
    client.force_login(make_superuser("boss"))
    row = AccessAttempt.objects.get()
    assert "admin" in client.get(reverse("admin:axes_accessattempt_changelist")).content.decode()
    client.post(reverse("admin:axes_accessattempt_delete", args=[row.pk]), {"post": "yes"})
    assert is_in(log_in(password=PASSWORD))


def test_no_password_is_kept() -> None:
    log_in(password="my-real-password-for-another-site")
    assert "my-real-password" not in str(AccessAttempt.objects.values().get())


@pytest.mark.parametrize(
    ("https", "forwarded", "address"),
    [
        (True, "203.0.113.9, 192.0.2.50", "192.0.2.50"),
        (True, "192.0.2.50", "192.0.2.50"),
        (True, "nonsense", "127.0.0.1"),
        (True, "", "127.0.0.1"),
        (False, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_the_address_that_it_added_counts(
    settings: Any, https: bool, forwarded: str, address: str
) -> None:
    settings.HTTPS_ONLY = https
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == address


def test_a_server_without_addresses_is_no_error() -> None:
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="")) is None
