"""Roles are groups that the bridge makes, keeps in step with its models, and lets nobody edit."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import Failure

from halobridge.roles import keep_roles
from integrations.choices import Role
from tests.halobridge.roles.members import make_member

pytestmark = pytest.mark.django_db


def rights_of(role: Role) -> set[str]:
    rows = Permission.objects.filter(group__name=role.value)
    return {f"{app}.{code}" for app, code in rows.values_list("content_type__app_label", "codename")}


# ---- what they hold -------------------------------------------------------------------------


def test_a_new_database_has_the_four_roles() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


def test_an_administrator_holds_every_permission() -> None:
    assert len(rights_of(Role.ADMINISTRATOR)) == Permission.objects.count()


def test_an_auditor_sees_everything_and_changes_nothing() -> None:
    views = Permission.objects.filter(codename__startswith="view_").count()
    assert len(rights_of(Role.AUDITOR)) == views
    assert all(".view_" in right for right in rights_of(Role.AUDITOR))


@pytest.mark.parametrize("model", ["halocredential", "console"])
def test_only_administrators_may_enter_secrets(model: str) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        assert not {f"integrations.{verb}_{model}" for verb in ("add", "change", "delete")} & rights_of(role)


def test_only_administrators_look_after_staff_accounts() -> None:
    for role in set(Role) - {Role.ADMINISTRATOR, Role.AUDITOR}:
        assert not [right for right in rights_of(role) if right.startswith("auth.")]


def test_everybody_who_works_with_it_may_stop_writing_and_only_administrators_start_it() -> None:
    for role in (Role.ENGINEER, Role.SERVICE_DESK):
        assert {"integrations.stop_instance", "integrations.stop_halocredential"} <= rights_of(role)
        assert not [right for right in rights_of(role) if ".allow_" in right]


# ---- keeping them so ------------------------------------------------------------------------


def test_a_new_model_reaches_the_roles_at_the_next_migration() -> None:
    shelf = ContentType.objects.create(app_label="mappings", model="shelf")
    for codename in ("view_shelf", "change_shelf"):
        Permission.objects.create(content_type=shelf, codename=codename, name=codename)
    call_command("migrate", verbosity=0)
    assert {"mappings.view_shelf", "mappings.change_shelf"} <= rights_of(Role.ENGINEER)
    assert "mappings.view_shelf" in rights_of(Role.SERVICE_DESK) & rights_of(Role.AUDITOR)
    assert "mappings.change_shelf" not in rights_of(Role.SERVICE_DESK) | rights_of(Role.AUDITOR)


def test_what_was_given_or_taken_by_hand_is_put_right() -> None:
    auditors = Group.objects.get(name=Role.AUDITOR)
    before = rights_of(Role.AUDITOR)
    auditors.permissions.add(Permission.objects.get(codename="change_console"))
    auditors.permissions.remove(Permission.objects.get(codename="view_console"))
    keep_roles()
    assert rights_of(Role.AUDITOR) == before


def test_keeping_them_a_second_time_changes_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        keep_roles()
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert len(queries) == 1 + 2 * len(Role)


def test_groups_of_staff_are_left_alone() -> None:
    own = Group.objects.create(name="Night shift")
    own.permissions.add(Permission.objects.get(codename="view_alert"))
    keep_roles()
    assert own.permissions.count() == 1


# ---- in the admin ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_a_role_can_be_looked_at_but_neither_changed_nor_deleted(browser: Client, role: Role) -> None:
    group = Group.objects.get(name=role.value)
    change, delete = (reverse(f"admin:auth_group_{page}", args=[group.pk]) for page in ("change", "delete"))
    assert browser.get(change).status_code == 200
    assert browser.post(change, {"name": "Mine"}).status_code == 403
    assert browser.post(delete, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}
    browser.post(reverse("admin:auth_group_changelist"), chosen)
    assert Group.objects.filter(name=role.value).exists()


def test_own_groups_can_be_changed(browser: Client) -> None:
    own = Group.objects.create(name="Night shift")
    browser.post(reverse("admin:auth_group_change", args=[own.pk]), {"name": "Day shift"})
    assert Group.objects.filter(name="Day shift").exists()


def test_nobody_edits_schedules_which_name_the_function_they_call(browser: Client) -> None:
    assert browser.get(reverse("admin:django_q_schedule_add")).status_code == 403
    assert browser.get(reverse("admin:django_q_ormq_add")).status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ENGINEER])
def test_who_only_sees_the_queue_resubmits_nothing(client: Client, role: Role) -> None:
    client.force_login(make_member(role))
    request = client.get(reverse("admin:django_q_failure_changelist")).wsgi_request
    assert admin.site._registry[Failure].get_actions(request) == {}


def test_a_service_account_is_made_without_a_password_and_opens_no_page(browser: Client) -> None:
    typed = {"username": "monitoring", "usable_password": "false", "password1": "", "password2": ""}
    browser.post(reverse("admin:auth_user_add"), typed)
    account = User.objects.get(username="monitoring")
    assert (account.has_usable_password(), account.is_staff) == (False, False)
    browser.force_login(account)
    assert browser.get(reverse("admin:index")).status_code == 302
