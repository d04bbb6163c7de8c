"""The audit log is looked at as a list, on the page of each object, and by REST; nobody edits it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.models import AuditEntry, HaloCredential
from integrations.retention import purge
from tests.builders import make_credential
from tests.halobridge.admin.rows import make_audit_entry
from tests.integrations.admin.made import make_staff, make_superuser
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db
LIST = "admin:integrations_auditentry_changelist"


@pytest.fixture
def anna() -> User:
    return make_superuser("anna")


@pytest.fixture
def browser(client: Client, anna: User) -> Client:
    client.force_login(anna)
    AuditEntry.objects.all().delete()
    return client


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_who_did_what_to_which_object_and_no_secret(browser: Client, anna: User) -> None:
    credential = make_credential(name="Acme Halo")
    make_audit_entry(anna, kind="integrations.halocredential", object_id=credential.pk, name="Acme Halo")
    page = text(browser, reverse(LIST))
    assert reverse("admin:integrations_halocredential_change", args=(credential.pk,)) in page
    assert "•••• changed" in page
    assert "<del>yes</del>" in page
    assert "<ins>no</ins>" in page


def test_it_is_narrowed_by_person_kind_action_day_and_request(browser: Client, anna: User) -> None:
    make_audit_entry(anna, name="Mine", request_id="r-1")
    other = make_audit_entry(make_staff("bob"), name="Theirs", action="delete", kind="ticketing.eventset")
    AuditEntry.objects.filter(pk=other.pk).update(at=timezone.now() - timedelta(days=9))
    today = timezone.localdate().isoformat()
    for query in (
        f"account__id__exact={anna.pk}",
        "kind=integrations.console",
        "action__exact=change",
        f"at_from={today}&at_to={today}",
        "q=Mine",
        "q=r-1",
        "request_id=r-1",
    ):
        page = text(browser, f"{reverse(LIST)}?{query}")
        assert ("Mine" in page, "Theirs" in page) == (True, False), query


def test_an_entry_has_a_page_with_all_of_it(browser: Client, anna: User) -> None:
    entry = make_audit_entry(anna, run=12, request_id="r-1", place="POST /admin/", address="192.0.2.7")
    page = text(browser, reverse("admin:integrations_auditentry_change", args=(entry.pk,)))
    for told in ("Run 12", "r-1", "POST /admin/", "192.0.2.7", "•••• changed"):
        assert told in page


def test_the_history_of_an_object_is_its_part_of_the_log(browser: Client) -> None:
    credential = make_credential(name="Acme Halo")
    browser.post(reverse("admin:integrations_halocredential_only_observe", args=(credential.pk,)))
    page = text(browser, reverse("admin:integrations_halocredential_history", args=(credential.pk,)))
    assert "anna" in page
    assert "<del>write</del>" in page
    assert "<ins>observe</ins>" in page
    assert f"{reverse(LIST)}?kind=integrations.halocredential" in page


def test_what_django_noted_before_stays_readable(browser: Client, anna: User) -> None:
    credential = make_credential()
    LogEntry.objects.create(
        user=anna,
        content_type=ContentType.objects.get_for_model(HaloCredential),
        object_id=str(credential.pk),
        object_repr="x",
        action_flag=CHANGE,
        change_message="Switched to write long ago.",
    )
    page = text(browser, reverse("admin:integrations_halocredential_history", args=(credential.pk,)))
    assert "Switched to write long ago." in page


def test_who_may_see_an_object_sees_its_history_and_not_the_whole_log(client: Client) -> None:
    client.force_login(make_staff("bob", "integrations.view_halocredential"))
    credential = make_credential()
    history = text(client, reverse("admin:integrations_halocredential_history", args=(credential.pk,)))
    assert reverse(LIST) not in history
    assert client.get(reverse(LIST)).status_code == 403


def test_programs_read_and_filter_it(anna: User) -> None:
    entry = make_audit_entry(anna, request_id="r-1")
    make_audit_entry(anna, action="delete")
    caller = make_caller("integrations.view_auditentry")
    (row,) = caller.get("/api/v1/audit-entries/?request_id=r-1").json()["results"]
    assert (row["id"], row["who"], row["changes"]) == (entry.pk, "anna", entry.changes)
    assert caller.delete(f"/api/v1/audit-entries/{entry.pk}/").status_code in (403, 405)
    assert make_caller("integrations.view_run").get("/api/v1/audit-entries/").status_code == 403


def test_it_is_kept_for_two_years_or_as_long_as_is_set(anna: User, settings: object) -> None:
    old, young = make_audit_entry(anna), make_audit_entry(anna)
    AuditEntry.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=731))
    settings.HALOBRIDGE_AUDIT_DAYS = 0  # type: ignore[attr-defined]
    purge()
    assert AuditEntry.objects.count() == 2
    settings.HALOBRIDGE_AUDIT_DAYS = 730  # type: ignore[attr-defined]
    purge()
    assert AuditEntry.objects.get() == young
