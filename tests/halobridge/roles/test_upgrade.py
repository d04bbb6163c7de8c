"""Upgrading to roles: nobody loses a button, and no group of staff becomes a role by its name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from tests.test_migrations import migrate_to, newest

BEFORE = [("integrations", "0025_reads_in_parts")]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.migrates]


@pytest.fixture
def earlier() -> Iterator[None]:
    """A database without the new permissions and without roles."""
    migrate_to(BEFORE)
    Group.objects.all().delete()
    named = Permission.objects.filter(content_type__app_label="integrations")
    for verb in ("stop", "allow", "sync", "upload", "apply"):
        named.filter(codename__startswith=f"{verb}_").delete()
    yield
    migrate_to(newest())


def permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename, content_type__app_label="integrations")


def rights_after(holder: Any) -> set[str]:
    migrate_to(newest())
    rows = Permission.objects.filter(group=holder) if isinstance(holder, Group) else holder.user_permissions
    return set(rows.values_list("codename", flat=True))


@pytest.mark.usefixtures("earlier")
def test_a_person_who_may_change_credentials_keeps_their_buttons() -> None:
    person = User.objects.create_user("keeper", password="a long password", is_staff=True)
    person.user_permissions.add(permission("change_halocredential"), permission("change_plan"))
    assert rights_after(person) == {
        "change_halocredential",
        "sync_halocredential",
        "allow_halocredential",
        "stop_halocredential",
        "change_plan",
        "apply_plan",
    }
    assert permission("stop_halocredential").name == "Can switch HaloPSA credentials to observe"


@pytest.mark.usefixtures("earlier")
def test_a_group_keeps_its_buttons_as_well_and_gets_no_others() -> None:
    group = Group.objects.create(name="Consoles")
    group.permissions.add(permission("change_console"))
    assert rights_after(group) == {"change_console", "sync_console", "upload_console"}


@pytest.mark.usefixtures("earlier")
def test_a_group_with_the_name_of_a_role_gets_another_name_and_keeps_its_rights() -> None:
    group = Group.objects.create(name="Administrator")
    group.permissions.add(permission("view_console"))
    assert rights_after(group) == {"view_console"}
    group.refresh_from_db()
    assert group.name == f"Administrator (own {group.pk})"


@pytest.mark.usefixtures("earlier")
def test_a_token_of_an_earlier_version_works_on_and_for_as_much() -> None:
    apps = migrate_to(BEFORE)
    account = User.objects.create_user("script", is_superuser=True)
    digest = hashlib.sha256(b"key-of-earlier").hexdigest()
    apps.get_model("integrations", "ApiToken").objects.create(
        user_id=account.pk, name="Script", prefix="key-of", digest=digest
    )
    migrate_to(newest())
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION="Token key-of-earlier")
    assert caller.get("/api/v1/consoles/").status_code == 200
    assert caller.post("/api/v1/event-sets/", {}, format="json").status_code == 400


@pytest.mark.usefixtures("earlier")
def test_a_database_without_staff_gets_no_permission_from_it() -> None:
    Permission.objects.all().delete()
    ContentType.objects.all().delete()
    migrate_to(newest())
    assert not Permission.objects.exists()
