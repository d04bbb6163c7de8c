"""Make a key of the REST API for an account, and print it this once."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integrations.choices import Role, TokenScope
from integrations.models import ApiToken

LONGEST_DAYS = 36_500


class Command(BaseCommand):
    help = "Makes a token of the REST API and prints it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="Name of the account that the token acts for.")
        parser.add_argument("--name", default="Made on the command line", help="What it is for.")
        parser.add_argument("--days", type=int, help="Days until it expires; without: never.")
        parser.add_argument(
            "--scope",
            choices=TokenScope.values,
            default=TokenScope.ADMIN,
            help="What it may do at most, within what its account may; without: all of that.",
        )
        parser.add_argument(
            "--service",
            action="store_true",
            help="For a service account: nobody can log in as it, and it is made if it is not there.",
        )
        parser.add_argument(
            "--role", choices=Role.values, help="With --service: the role that the account gets."
        )
        parser.add_argument("--json", action="store_true", help='Print {"token": …}.')

    def handle(self, *args: Any, user: str, name: str, days: int | None, **options: Any) -> None:
        if not user.strip():
            raise CommandError("Name the account that the token acts for.")
        if options["role"] and not options["service"]:
            raise CommandError("--role goes with --service; staff get their roles in the admin.")
        token = ApiToken(name=_name(name), scope=options["scope"])
        if days is not None:
            token.expires_at = timezone.now() + timedelta(days=_days(days))
        token.user = _service_account(user, options["role"]) if options["service"] else _account(user)
        key = token.set_new_key()
        token.save()
        if options["json"]:
            self.stdout.write(json.dumps({"token": key}))
            return
        self.stdout.write(key)
        self.stderr.write("Keep it: it is stored as a digest only and cannot be shown again.")


def _account(name: str) -> User:
    account = User.objects.filter(username=name).first()
    if account is None:
        raise CommandError(f"There is no staff account called {name!r}.")
    if not account.is_active:
        raise CommandError(f"The staff account {name!r} is switched off.")
    return account


def _service_account(name: str, role: str | None) -> User:
    """The service account of this name, made if there is none. An account of a person is never taken."""
    try:
        User._meta.get_field("username").run_validators(name)
    except ValidationError as problem:
        raise CommandError(
            f"{name!r} can't be the name of an account: {' '.join(problem.messages)}"
        ) from None
    account, made = User.objects.get_or_create(username=name)
    if made:
        account.set_unusable_password()
        account.save()
    elif account.is_staff or account.has_usable_password():
        raise CommandError(f"{name!r} is the account of a person; choose another name for the service.")
    if role:
        account.groups.add(Group.objects.get(name=role))
    return _account(name)


def _name(name: str) -> str:
    if not name.strip() or len(name) > 100:
        raise CommandError("The name of a token has 1 to 100 characters.")
    return name.strip()


def _days(days: int) -> int:
    if not 1 <= days <= LONGEST_DAYS:
        raise CommandError(f"--days is between 1 and {LONGEST_DAYS}.")
    return days
