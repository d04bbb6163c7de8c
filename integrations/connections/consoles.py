"""Saving a console: what is missing is said at once, the rest by the test that follows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from integrations.choices import ConnectionState
from integrations.connections import accounts
from integrations.models import Console, Run
from integrations.registry import UnknownKind, connector_class
from integrations.runs.request import request_console_test


def check_console_credentials(kind: str, credentials: dict[str, str]) -> dict[str, str]:
    """Problems by field name: what is missing, and what this kind does not know."""
    try:
        connector = connector_class(kind)
    except UnknownKind as problem:
        return {"kind": str(problem)}
    known = {field.name for field in connector.credential_fields}
    problems = {
        name: f"This kind of console has no field {name!r}." for name in credentials if name not in known
    }
    for field in connector.credential_fields:
        if field.required and not str(credentials.get(field.name, "")).strip():
            problems[field.name] = f"{field.label} is needed."
        elif sentence := field.problem_of(str(credentials.get(field.name) or "")):
            problems[field.name] = sentence
    return connector.credential_problems(credentials) | problems


def save_console(console: Console, *, requested_by: Any = None) -> Run:
    """Store a console as *untested* and ask for a test; the first test that works starts a full sync.

    With another address or other keys nothing is read before a test has found the known account there.
    """
    if problems := check_console_credentials(console.kind, console.credentials):
        raise ValidationError({"credentials": list(problems.values())})
    console.base_url = console.base_url.strip().rstrip("/")
    console.state, console.state_reason = ConnectionState.UNTESTED, ""
    console.account_unproven = accounts.has_to_prove(console)
    console.access_token, console.token_expires_at = "", None
    console.save()
    return request_console_test(console, sync=console.synced_at is None, requested_by=requested_by)


def take_as_same_account(console: Console, *, requested_by: Any = None) -> Run:
    """Staff know better than the comparison (everything was renamed, say): it is tested and read."""
    accounts.settle(console)
    return request_console_test(console, sync=True, requested_by=requested_by)
