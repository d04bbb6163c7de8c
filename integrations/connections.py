"""Saving a connection: normalise, find its instance, forget what was tested, ask for a test."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from integrations.choices import ConnectionState
from integrations.models import Console, HaloCredential, HaloField, Instance, Run
from integrations.registry import UnknownKind, connector_class
from integrations.runs.request import request_console_test, request_halo_test

ADDRESSES = "integrations.halo.addresses"


def normalise_servers(credential: HaloCredential) -> None:
    """Bring both servers into one spelling. Raises `ValidationError` with a sentence per field."""
    problems: dict[str, str] = {}
    for field, function in (
        ("resource_server", "normalise_resource_server"),
        ("authorisation_server", "normalise_authorisation_server"),
    ):
        typed = getattr(credential, field) or credential.resource_server
        try:
            setattr(credential, field, import_string(f"{ADDRESSES}.{function}")(typed))
        except ValueError as problem:
            problems[field] = str(problem)
    credential.tenant = credential.tenant.strip()
    credential.client_id = credential.client_id.strip()
    credential.client_secret = credential.client_secret.strip()
    if problems:
        raise ValidationError(problems)


def save_halo_credential(credential: HaloCredential, *, requested_by: Any = None) -> Run:
    """Store a credential as *untested* and ask for a test; the first test that works starts a full sync.

    Raises `ValidationError` where the servers cannot be understood. No network.
    """
    normalise_servers(credential)
    with transaction.atomic():
        credential.instance, _ = Instance.objects.get_or_create(
            resource_server=credential.resource_server, tenant=credential.tenant
        )
        credential.state, credential.state_reason = ConnectionState.UNTESTED, ""
        credential.access_token, credential.token_expires_at = "", None
        credential.save()
    return request_halo_test(credential, sync=credential.synced_at is None, requested_by=requested_by)


def check_console_credentials(kind: str, credentials: dict[str, str]) -> dict[str, str]:
    """Problems by field name: what is missing, and what this kind does not know."""
    try:
        fields = connector_class(kind).credential_fields
    except UnknownKind as problem:
        return {"kind": str(problem)}
    known = {field.name for field in fields}
    problems = {
        name: f"This kind of console has no field {name!r}." for name in credentials if name not in known
    }
    for field in fields:
        if field.required and not str(credentials.get(field.name, "")).strip():
            problems[field.name] = f"{field.label} is needed."
    return problems


def save_console(console: Console, *, requested_by: Any = None) -> Run:
    """Store a console as *untested* and ask for a test; the first test that works starts a full sync."""
    if problems := check_console_credentials(console.kind, console.credentials):
        raise ValidationError({"credentials": list(problems.values())})
    console.base_url = console.base_url.strip().rstrip("/")
    console.state, console.state_reason = ConnectionState.UNTESTED, ""
    console.save()
    return request_console_test(console, sync=console.synced_at is None, requested_by=requested_by)


REFERENCE_FIELDS = ("bridge reference", "bridge id")


def propose_marker_field(credential: HaloCredential) -> None:
    """Take an asset field called *Bridge reference* or *Bridge Id* as the place of our marker.

    Only where none has been chosen; staff may choose another one on the instance.
    """
    if credential.instance.marker_field_id is not None:
        return
    fields = HaloField.objects.filter(halo_credential=credential, kind="asset", active=True)
    by_name = {name.strip().lower(): halo_id for name, halo_id in fields.values_list("name", "halo_id")}
    found = next((by_name[name] for name in REFERENCE_FIELDS if name in by_name), None)
    if found is not None:
        Instance.objects.filter(pk=credential.instance_id, marker_field_id=None).update(marker_field_id=found)
