"""Who is refused, whose page is out of date and who meets a failure reads why, and gets back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from halobridge.refused_pages import failed_page
from halobridge.urls import failed, forbidden, stale
from integrations.admin.display import admin_url
from integrations.choices import Role
from tests.halobridge.roles.members import make_member
from tests.integrations.admin.made import make_credential, make_run, make_staff

pytestmark = pytest.mark.django_db
OVERVIEW = f'href="{reverse("admin:index")}">Overview'


def test_who_may_not_open_a_page_reads_which_roles_may(client: Client) -> None:
    client.force_login(make_member(Role.SERVICE_DESK))

    answer = client.get(reverse("admin:integrations_console_add"))

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Your account may not do this." in page
    assert "It needs a staff account with the role “Administrator”." in page
    assert OVERVIEW in page
    assert reverse("admin:ticketing_ticket_changelist") in page


def test_so_does_who_may_not_press_a_button(client: Client) -> None:
    client.force_login(make_member(Role.AUDITOR))

    url = reverse("admin:integrations_halocredential_test_now", args=(make_credential().pk,))

    page = client.post(url).content.decode()
    assert "with the role “Administrator” or “Engineer”." in page


def test_nobody_is_sent_to_a_role_for_what_nobody_may(client: Client) -> None:
    client.force_login(make_member(Role.AUDITOR))

    page = client.get(admin_url(make_run(), "delete")).content.decode()

    assert "Your account may not do this." in page
    assert "It needs" not in page


def test_a_page_that_is_out_of_date_asks_to_be_reloaded() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_staff("eve", "integrations.stop_instance"))

    answer = strict.post(reverse("admin:integrations_instance_stop_all"))

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "This page was open while you logged in anew, or your browser blocks cookies." in page
    assert "reload the page and press again" in page
    assert OVERVIEW in page


def test_a_log_in_page_that_is_out_of_date_leads_to_a_new_one() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("admin:login"), {"username": "eve"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert f'href="{reverse("admin:login")}">To the log-in page' in page
    assert reverse("admin:ticketing_ticket_changelist") not in page


def test_a_failure_says_where_the_log_tells_more(admin_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("the database is away")

    client = Client(raise_request_exception=False)
    client.force_login(admin_user)
    monkeypatch.setattr("integrations.admin.instances.InstanceAdmin.page_context", fail)

    answer = client.get(reverse("admin:integrations_instance_stop_writing"))

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "It was not your fault" in page
    assert f"<code>{answer['X-Request-ID']}</code>" in page
    assert OVERVIEW in page
    assert "style=" not in page
    assert "the database is away" not in page


def test_the_page_of_a_failure_needs_no_database(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert failed_page().status_code == 500


def test_programs_still_get_problem_details() -> None:
    request = RequestFactory().post("/api/v1/events/")
    answers = [stale(request), forbidden(request, Exception()), failed(request)]

    assert [answer.status_code for answer in answers] == [403, 403, 500]
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
