"""Each entry says who, from where and for which request: people, programs, commands, runs on behalf."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework.test import APIClient

from halobridge.acting import actor_of, by_command
from halobridge.tasks import execute
from integrations.choices import RunKind, RunState
from integrations.models import ApiToken, AuditEntry, Instance, Run
from integrations.runs.request import cancel, request_halo_sync, request_routing, request_run
from integrations.runs.steps import Done, Work
from tests.builders import make_credential
from tests.integrations.admin.made import make_superuser
from tests.integrations.api.clients import make_account, make_token
from ticketing.models import EventSet

pytestmark = pytest.mark.django_db
REQUEST = "request-4711-of-a-proxy"
TYPES = {"event_types": ["backup.failed"]}


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_superuser("anna"))
    AuditEntry.objects.all().delete()
    return client


def newest(**wanted: Any) -> AuditEntry:
    return AuditEntry.objects.filter(**wanted).latest("pk")


def test_a_click_in_the_admin_is_told_with_the_account_the_page_and_the_request(browser: Client) -> None:
    instance = make_credential().instance
    address = reverse("admin:integrations_instance_stop", args=(instance.pk,))
    browser.post(address, headers={"X-Request-ID": REQUEST}, REMOTE_ADDR="192.0.2.7")

    entry = newest(kind="integrations.instance")
    assert entry.changes == {"writes_stopped": {"before": False, "after": True}}
    assert (entry.who, entry.source, entry.address) == ("anna", "admin", "192.0.2.7")
    assert (entry.place, entry.request_id) == (f"POST {address}", REQUEST)


def test_a_program_is_told_with_its_token() -> None:
    account = make_account(is_superuser=True)
    caller = APIClient(headers={"Authorization": f"Token {make_token(account)}"})
    answer = caller.post("/api/v1/event-sets/", {"name": "Backups", **TYPES}, format="json")
    assert answer.status_code == 201

    entry = newest(kind="ticketing.eventset")
    assert (entry.action, entry.source, entry.account) == ("add", "rest", account)
    assert entry.who == f"{account}, token “Test”"
    assert entry.request_id == answer.headers["X-Request-ID"]


def test_what_comes_by_a_webhook_is_nobodys_doing_even_in_a_browser_of_staff(browser: Client) -> None:
    request = RequestFactory().post("/hooks/consoles/a-secret-address/")
    request.user = User.objects.get()
    assert actor_of(request) is None


def test_what_was_refused_is_not_told() -> None:
    caller = APIClient(headers={"Authorization": f"Token {make_token(make_account())}"})
    assert caller.post("/api/v1/event-sets/", {"name": "B", **TYPES}, format="json").status_code == 403
    assert not AuditEntry.objects.exists()


def test_a_call_by_itself_leaves_no_entry_although_the_token_notes_its_use() -> None:
    caller = APIClient(headers={"Authorization": f"Token {make_token(make_account(is_superuser=True))}"})
    assert caller.get("/api/v1/event-sets/").status_code == 200
    assert ApiToken.objects.get().last_used_at is not None
    assert not AuditEntry.objects.exists()


def test_a_command_is_told_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.create(username="anna")
    with by_command(["manage.py", "create_token", "anna"]):
        call_command("create_token", "anna")
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.source, entry.place) == (
        "integrations.apitoken",
        "command",
        "manage.py create_token",
    )
    assert entry.who.startswith("manage.py create_token (")
    assert capsys.readouterr().out.strip() not in repr(AuditEntry.objects.values_list())


@pytest.mark.parametrize("name", ["serve", "qcluster", "migrate"])
def test_commands_in_which_the_machine_works_are_nobody(name: str) -> None:
    with by_command(["manage.py", name]):
        EventSet.objects.create(name="Backups")
    assert not AuditEntry.objects.exists()


def test_what_somebody_asks_the_queue_for_is_told_and_the_run_carries_the_request(browser: Client) -> None:
    credential = make_credential()
    address = reverse("admin:integrations_halocredential_sync_now", args=(credential.pk,))
    browser.post(address, headers={"X-Request-ID": REQUEST})

    run = Run.objects.latest("pk")
    entry = newest(kind="integrations.run")
    assert (entry.action, entry.object_id, entry.summary) == ("start", run.pk, str(credential))
    assert (run.request_id, str(run.requested_by)) == (REQUEST, "anna")


def test_what_the_machine_asks_for_is_not_told(browser: Client) -> None:
    request_routing()
    request_halo_sync(make_credential())
    assert not AuditEntry.objects.exists()


def test_a_cancelled_run_is_told(browser: Client) -> None:
    run = request_halo_sync(make_credential())
    browser.post(reverse("admin:integrations_run_cancel", args=(run.pk,)))
    assert newest(action="cancel").object_id == run.pk
    assert not cancel(run)


def run_that_makes_an_event_set(kind: str, monkeypatch: pytest.MonkeyPatch, by: User | None) -> Run:
    def start(work: Work) -> Done:
        EventSet.objects.create(name=f"By {work.run}")
        return Done(RunState.SUCCEEDED)

    monkeypatch.setattr("halobridge.tasks.TABLE", {kind: {"start": start}})
    run = request_run(kind, requested_by=by)
    execute(run.pk)
    return run


def test_a_run_that_applies_something_acts_for_who_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    anna = make_superuser("anna")
    run = run_that_makes_an_event_set(RunKind.APPLY_UPLOAD, monkeypatch, anna)
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.source, entry.account, entry.run) == ("anna", "queue", anna, run.pk)


@pytest.mark.parametrize(("kind", "asked"), [(RunKind.APPLY_UPLOAD, False), (RunKind.SYNC_HALO, True)])
def test_a_run_of_the_machine_acts_for_nobody_even_inside_a_command(
    kind: str, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = make_superuser("anna") if asked else None
    with by_command(["manage.py", "sync"]):
        run_that_makes_an_event_set(kind, monkeypatch, anna)
    assert not AuditEntry.objects.filter(kind="ticketing.eventset").exists()


def test_accounts_groups_and_their_rights_are_told(browser: Client) -> None:
    night = Group.objects.create(name="Night shift")
    browser.post(
        reverse("admin:auth_user_add"),
        {
            "username": "bob",
            "usable_password": "true",
            "password1": "a new long one",
            "password2": "a new long one",
        },
    )
    bob = User.objects.get(username="bob")
    assert newest(kind="auth.user", action="add").object_id == bob.pk

    form = {"username": "bob", "is_staff": "on", "is_active": "on", "groups": [night.pk]}
    form |= {"date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"}
    answer = browser.post(reverse("admin:auth_user_change", args=(bob.pk,)), form)
    assert answer.status_code == 302
    changes = [entry.changes for entry in AuditEntry.objects.filter(object_id=bob.pk, action="change")]
    assert {"groups": {"removed": [], "added": [f"Night shift ({night.pk})"]}} in changes
    assert any(change.get("is_staff") == {"before": False, "after": True} for change in changes)


def test_log_ins_are_told_and_failed_ones_of_accounts_that_there_are(client: Client) -> None:
    anna = make_superuser("anna")
    where = reverse("admin:login")
    client.post(where, {"username": "anna", "password": "a wrong guess"})
    client.post(where, {"username": "my-password-by-mistake", "password": "x"})
    client.post(where, {"username": "anna", "password": "a long password"})
    client.post(reverse("admin:logout"))

    told = list(AuditEntry.objects.order_by("pk").values_list("action", "who", "object_id"))
    assert told == [
        ("failed_log_in", "somebody, as anna", anna.pk),
        ("log_in", "anna", anna.pk),
        ("log_out", "anna", anna.pk),
    ]
    assert "my-password-by-mistake" not in repr(AuditEntry.objects.values_list())
    assert "guess" not in repr(AuditEntry.objects.values_list())


def test_a_downloaded_list_is_told_with_its_filter(browser: Client) -> None:
    address = reverse("admin:integrations_haloasset_export")
    answer = browser.get(f"{address}?format=csv&active__exact=1")
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    entry = newest(action="export")
    assert entry.name.startswith("halopsa-assets-")
    assert "active__exact=1" in entry.place


def test_a_stop_that_changes_nothing_is_no_change(browser: Client) -> None:
    instance = make_credential().instance
    Instance.objects.filter(pk=instance.pk).update(writes_stopped=True)
    AuditEntry.objects.all().delete()
    browser.post(reverse("admin:integrations_instance_stop", args=(instance.pk,)))
    assert not AuditEntry.objects.filter(action="change").exists()
