"""One click stops all writing to a HaloPSA, from every page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.choices import Purpose, RunKind
from integrations.models import Run
from integrations.runs.budget import BudgetGate
from integrations.sync.safety import WritesStopped
from tests.integrations.admin.made import (
    make_credential,
    make_field,
    make_instance,
    make_staff,
    make_superuser,
)

pytestmark = pytest.mark.django_db


def test_every_page_leads_to_the_stop(browser: Client) -> None:
    make_credential()

    page = browser.get(reverse("admin:ticketing_ticket_changelist")).content.decode()

    assert reverse("admin:integrations_instance_stop_writing") in page


def test_one_click_stops_and_another_allows_again(browser: Client) -> None:
    instance = make_credential().instance

    browser.post(reverse("admin:integrations_instance_stop", args=(instance.pk,)))
    instance.refresh_from_db()
    assert instance.writes_stopped

    browser.post(reverse("admin:integrations_instance_allow", args=(instance.pk,)))
    instance.refresh_from_db()
    assert not instance.writes_stopped
    assert Run.objects.filter(kind=RunKind.DELIVER, instance=instance).exists()


def test_the_history_of_an_instance_tells_who_stopped_it(browser: Client) -> None:
    instance = make_credential().instance
    browser.post(reverse("admin:integrations_instance_stop", args=(instance.pk,)))

    page = browser.get(reverse("admin:integrations_instance_history", args=(instance.pk,))).content.decode()

    assert "all writing stopped" in page
    assert "<ins>yes</ins>" in page
    assert "admin" in page


def test_a_stop_twice_says_that_it_is_stopped_already(browser: Client) -> None:
    instance = make_credential().instance
    address = reverse("admin:integrations_instance_stop", args=(instance.pk,))
    browser.post(address)

    page = browser.post(address, follow=True).content.decode()

    assert "is not possible any more" in page


def test_whoever_may_not_stop_instances_cannot_stop(client: Client) -> None:
    instance = make_credential().instance
    client.force_login(make_staff("auditor", "integrations.view_instance"))

    page = client.get(reverse("admin:integrations_instance_stop_writing"))
    pressed = client.post(reverse("admin:integrations_instance_stop", args=(instance.pk,)))

    assert reverse("admin:integrations_instance_stop", args=(instance.pk,)) not in page.content.decode()
    assert pressed.status_code == 403


def test_the_page_is_closed_to_whoever_may_not_see_instances(client: Client) -> None:
    client.force_login(make_staff("new"))

    assert client.get(reverse("admin:integrations_instance_stop_writing")).status_code == 403


def test_the_field_for_the_bridge_reference_is_chosen_by_name(browser: Client) -> None:
    credential = make_credential()
    field = make_field(credential, "Bridge reference")
    address = reverse("admin:integrations_instance_change", args=(credential.instance.pk,))

    page = browser.get(address).content.decode()
    browser.post(address, {"marker_field_id": str(field.halo_id)})

    credential.instance.refresh_from_db()
    assert "Bridge reference" in page
    assert credential.instance.marker_field_id == field.halo_id


def test_a_field_that_halo_does_not_have_is_refused(browser: Client) -> None:
    credential = make_credential()
    make_field(credential, "Bridge reference")
    address = reverse("admin:integrations_instance_change", args=(credential.instance.pk,))

    response = browser.post(address, {"marker_field_id": "999999"})

    credential.instance.refresh_from_db()
    assert response.status_code == 200
    assert credential.instance.marker_field_id is None


# ---- the control in the header of every page ------------------------------------------------------


STOP_ALL = "admin:integrations_instance_stop_all"
ELSEWHERE = "admin:integrations_run_changelist"


def header(browser: Client, page: str = ELSEWHERE) -> str:
    """The control as it stands on a page that has nothing to do with it."""
    content = browser.get(reverse(page)).content.decode()
    return content.partition('class="hb-writing"')[2].partition("</div>")[0]


@pytest.mark.parametrize("page", ["admin:index", ELSEWHERE, "admin:ticketing_ticket_changelist"])
def test_one_click_on_any_page_stops_all_writing_and_one_stays_there(browser: Client, page: str) -> None:
    first, second = make_credential(write_mode="write"), make_credential(write_mode="write")
    here = reverse(page) + "?q=disk"
    content = browser.get(here).content.decode()
    assert f'action="{reverse(STOP_ALL)}"' in content
    assert f'name="next" value="{here}"' in content

    answer = browser.post(reverse(STOP_ALL), {"next": here})

    assert (answer.status_code, answer["Location"]) == (302, here)
    for credential in (first, second):
        credential.instance.refresh_from_db()
        assert credential.instance.writes_stopped
        with pytest.raises(WritesStopped):
            BudgetGate(credential, Purpose.TICKETS).check_writes()


def test_the_stop_is_written_down_for_each_instance(browser: Client) -> None:
    instance = make_credential().instance
    browser.post(reverse(STOP_ALL))
    history = browser.get(reverse("admin:integrations_instance_history", args=(instance.pk,)))
    assert "Stop all writing." in history.content.decode()


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "http:///evil.example", ""]
)
def test_it_leads_nowhere_else(browser: Client, place: str) -> None:
    make_credential()
    answer = browser.post(reverse(STOP_ALL), {"next": place})
    assert answer["Location"] == reverse("admin:integrations_instance_stop_writing")


def test_following_a_link_stops_nothing(browser: Client) -> None:
    instance = make_credential().instance
    answer = browser.get(reverse(STOP_ALL), follow=True)
    assert "nothing was done. Press “Stop all writing” again." in answer.content.decode()
    instance.refresh_from_db()
    assert not instance.writes_stopped


def test_another_site_cannot_press_it() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_superuser())
    assert strict.post(reverse(STOP_ALL)).status_code == 403


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"write_mode": "write"}, "Writing"),
        ({"write_mode": "observe"}, "Observing"),
        ({"write_mode": "write", "enabled": False}, "Switched off"),
    ],
)
def test_the_header_tells_whether_anything_may_write(
    browser: Client, values: dict[str, Any], told: str
) -> None:
    make_credential(**values)
    badge = header(browser).partition("</summary>")[0]
    assert f"</span>{told}</span>" in badge


def test_one_credential_that_may_write_is_enough_to_say_writing(browser: Client) -> None:
    make_credential(write_mode="observe")
    make_credential(write_mode="write")
    assert "</span>Writing</span>" in header(browser).partition("</summary>")[0]


def test_where_all_is_stopped_it_leads_to_where_it_is_allowed_again(browser: Client) -> None:
    make_credential(instance=make_instance(writes_stopped=True), write_mode="write")
    told = header(browser)
    assert "</span>Stopped</span>" in told
    assert reverse(STOP_ALL) not in told
    assert f'href="{reverse("admin:integrations_instance_stop_writing")}"' in told


def test_each_credential_can_be_made_to_observe_from_there(browser: Client) -> None:
    writing, observing = make_credential(write_mode="write"), make_credential(write_mode="observe")
    address = reverse("admin:integrations_halocredential_only_observe", args=(writing.pk,))
    told = header(browser)
    assert f'action="{address}"' in told
    assert f'Only observe<span class="hb-hidden"> with {writing}' in told
    assert reverse("admin:integrations_halocredential_only_observe", args=(observing.pk,)) not in told

    answer = browser.post(address, {"next": reverse(ELSEWHERE)})

    assert answer["Location"] == reverse(ELSEWHERE)
    writing.refresh_from_db()
    assert writing.write_mode == "observe"


def test_to_write_again_leads_to_the_page_of_the_credential(browser: Client) -> None:
    observing = make_credential(write_mode="observe")
    told = header(browser)
    assert f'href="{reverse("admin:integrations_halocredential_change", args=(observing.pk,))}"' in told
    assert "start-writing" not in told


def test_whoever_may_not_stop_instances_has_no_control_and_no_way_around_it(client: Client) -> None:
    instance = make_credential().instance
    client.force_login(make_staff("helper", "integrations.view_run", "integrations.view_instance"))
    assert 'class="hb-writing"' not in client.get(reverse(ELSEWHERE)).content.decode()
    assert client.post(reverse(STOP_ALL)).status_code == 403
    instance.refresh_from_db()
    assert not instance.writes_stopped


def test_whoever_may_only_stop_sees_no_button_for_credentials(client: Client) -> None:
    make_credential(write_mode="write")
    client.force_login(make_staff("keeper", "integrations.view_run", "integrations.stop_instance"))
    told = header(client)
    assert reverse(STOP_ALL) in told
    assert "Only observe" not in told


def test_before_a_halo_is_connected_there_is_nothing_to_control(browser: Client) -> None:
    assert header(browser) == ""


def test_the_log_in_page_has_no_control(client: Client) -> None:
    make_credential()
    assert 'class="hb-writing"' not in client.get(reverse("admin:login")).content.decode()


def test_it_costs_one_query_however_many_credentials_there_are(browser: Client) -> None:
    def statements() -> int:
        browser.get(reverse("admin:integrations_apitoken_changelist"))
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("admin:integrations_apitoken_changelist"))
        # The numbers beside the navigation come in one statement over very many tables.
        told = [query["sql"] for query in queries if "figure_of" not in query["sql"]]
        return sum("integrations_halocredential" in sql for sql in told)

    make_credential()
    assert statements() == 1
    for _ in range(9):
        make_credential()
    assert statements() == 1
