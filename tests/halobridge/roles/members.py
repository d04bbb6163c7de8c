"""One staff account for each role."""

from __future__ import annotations

from django.contrib.auth.models import Group, User

from integrations.choices import Role


def make_member(role: Role) -> User:
    member = User.objects.create_user(role.value, password="a long password", is_staff=True)
    member.groups.add(Group.objects.get(name=role.value))
    return member
