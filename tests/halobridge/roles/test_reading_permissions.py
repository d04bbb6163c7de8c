"""What an account may do is read in one statement, and is what Django would have read in two."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from integrations.choices import Role
from tests.halobridge.roles.members import make_member

pytestmark = pytest.mark.django_db
NOT_OF_THE_ROLE = "axes.view_accessattempt"


def read_anew(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def member() -> User:
    """One with permissions of a group, and one of its own."""
    made = make_member(Role.SERVICE_DESK)
    made.user_permissions.add(Permission.objects.get(codename="view_accessattempt"))
    return made


def test_one_statement_reads_them_all(member: User, django_assert_num_queries: Any) -> None:
    account = read_anew(member)

    with django_assert_num_queries(1):
        assert account.has_perm(NOT_OF_THE_ROLE)
        assert account.has_perm("ticketing.view_ticket")
        assert not account.has_perm("auth.delete_user")
        assert account.has_module_perms("ticketing")
        assert not account.has_module_perms("sessions")
    assert account.get_all_permissions() == ModelBackend().get_all_permissions(read_anew(member))


def test_an_account_that_is_switched_off_may_nothing(member: User) -> None:
    User.objects.update(is_active=False)

    assert not read_anew(member).has_perm("ticketing.view_ticket")
    assert not read_anew(member).has_module_perms("ticketing")
    assert read_anew(member).get_all_permissions() == set()


def test_a_superuser_may_everything() -> None:
    account = User.objects.create_superuser("chief", password="a long password")

    assert account.has_perm("auth.delete_user")
    assert account.get_all_permissions() == ModelBackend().get_all_permissions(read_anew(account))


def test_sessions_stay_with_djangos_own_backend(client: Client, member: User) -> None:
    client.post(reverse("admin:login"), {"username": member.username, "password": "a long password"})

    assert client.session["_auth_user_backend"] == "django.contrib.auth.backends.ModelBackend"
