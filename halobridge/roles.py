"""What each role may do. Roles are groups of Django's permissions, kept in step at each migration."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from django.contrib.auth.models import Group, Permission

from integrations.choices import Role

_READS: Final = (
    "integrations.view_*",
    "mappings.view_*",
    "ticketing.view_*",
    "!integrations.view_auditentry",
)
_OWN_TOKENS: Final = ("integrations.add_apitoken", "integrations.change_apitoken")

GRANTS: Final[Mapping[Role, tuple[str, ...]]] = {
    # Secrets are entered with the rights to add and change credentials and consoles: here only.
    Role.ADMINISTRATOR: ("*",),
    Role.ENGINEER: (
        *_READS,
        *_OWN_TOKENS,
        "mappings.*",
        "ticketing.*",
        "integrations.sync_*",
        "integrations.manage_sync_settings",
        "integrations.stop_*",
        "integrations.change_instance",
        "integrations.upload_console",
        "integrations.add_company",
        "integrations.change_company",
        "integrations.add_computer",
        "integrations.change_computer",
        "integrations.add_event",
        "integrations.*_mailrule",
        "integrations.change_mail",
        "integrations.change_rawdelivery",
        "integrations.add_plan",
        "integrations.change_plan",
        "integrations.apply_plan",
        "integrations.change_plannedchange",
        "integrations.change_run",
        "integrations.approve_heldloss",
        "django_q.view_*",
    ),
    Role.SERVICE_DESK: (
        *_READS,
        *_OWN_TOKENS,
        "integrations.stop_*",
        "integrations.add_event",
        "ticketing.change_alert",
        "ticketing.change_ticket",
        "ticketing.change_storm",
        "ticketing.*_snooze",
        "ticketing.*_maintenancewindow",
    ),
    Role.AUDITOR: ("*.view_*",),
}
"""Patterns of `app.permission`: a new model, or a new permission of one, is covered by those that fit it.

One with ! takes away what it fits, whatever else fits it.
"""


def keep_roles(using: str = "default", **_: Any) -> None:
    """Make the groups and give each exactly what `GRANTS` says; repeatable. Called after each migration."""
    known = {
        pk: f"{app}.{codename}"
        for pk, app, codename in Permission.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role, patterns in GRANTS.items():
        group, _made = Group.objects.using(using).get_or_create(name=role.value)
        wanted = {pk for pk, name in known.items() if covers(patterns, name)}
        held = set(group.permissions.values_list("pk", flat=True))
        group.permissions.add(*(wanted - held))
        group.permissions.remove(*(held - wanted))


def roles_with(permission: str) -> list[str]:
    """Names of the roles that hold a permission (`app.codename`), the mightiest first."""
    return [role.value for role in Role if covers(GRANTS[role], permission)]


def covers(patterns: Collection[str], permission: str) -> bool:
    given = [pattern for pattern in patterns if not pattern.startswith("!")]
    taken = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    return _fits(permission, given) and not _fits(permission, taken)


def _fits(permission: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(permission, pattern) for pattern in patterns)
