"""Saving a HaloPSA credential: one spelling, its instance, untested until it is tested."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from integrations.choices import ConnectionState
from integrations.connections.instances import drop_unused, instance_of, take_along
from integrations.connections.moves import hold_move
from integrations.models import HaloCredential, Run
from integrations.models.fields import is_unreadable
from integrations.runs.request import request_halo_test

ADDRESSES: Final = "integrations.halo.addresses"


def normalise_servers(credential: HaloCredential) -> None:
    """Bring servers, tenant and id into one spelling. Raises `ValidationError` with a sentence per field.

    Two servers that were pasted in each other's place are put right. An authorisation server that nobody
    typed is derived from the resource server, and what is wrong with that is said there only.
    """
    addresses = {name: import_string(f"{ADDRESSES}.{name}") for name in _FUNCTIONS}
    credential.resource_server, credential.authorisation_server = addresses["in_their_places"](
        credential.resource_server, credential.authorisation_server
    )
    problems: dict[str, str] = {}
    for field, function in (
        ("resource_server", "normalise_resource_server"),
        ("authorisation_server", "normalise_authorisation_server"),
    ):
        typed = getattr(credential, field)
        if problems and not typed:
            continue
        try:
            setattr(credential, field, addresses[function](typed or credential.resource_server))
        except ValueError as problem:
            problems[field] = str(problem)
    try:
        credential.tenant = addresses["normalise_tenant"](credential.tenant)
    except ValueError as problem:
        problems["tenant"] = str(problem)
    credential.client_id = addresses["unwrapped"](credential.client_id)
    if not is_unreadable(credential.client_secret):
        credential.client_secret = addresses["unwrapped"](credential.client_secret)
    if problems:
        raise ValidationError(problems)


_FUNCTIONS: Final = (
    "in_their_places",
    "normalise_authorisation_server",
    "normalise_resource_server",
    "normalise_tenant",
    "unwrapped",
)


def fill_in(credential: HaloCredential, authorisation_server: str, tenant: str) -> bool:
    """Take over what HaloPSA tells of itself where staff have typed nothing; whether there was anything.

    An authorisation server that is only derived from the resource server counts as not typed. Safe to repeat.
    """
    derived = import_string(f"{ADDRESSES}.normalise_authorisation_server")
    with transaction.atomic():
        row = HaloCredential.objects.select_for_update().select_related("instance").get(pk=credential.pk)
        old, changed = row.instance_id, list[str]()
        if tenant and not row.tenant:
            row.tenant = tenant[:100]
            row.instance = take_along(row, row.resource_server, row.tenant)
            changed += ["tenant", "instance"]
        typed = row.authorisation_server
        if authorisation_server not in ("", typed) and typed in ("", derived(row.resource_server)):
            row.authorisation_server = authorisation_server
            changed.append("authorisation_server")
        if changed:
            row.save(update_fields=changed)
            drop_unused(old)
    return bool(changed)


def save_halo_credential(credential: HaloCredential, *, requested_by: Any = None) -> Run:
    """Store a credential as *untested* and ask for a test; the first test that works starts a full sync.

    Another server or tenant of a credential whose HaloPSA is known already waits for its test: until that
    has compared what is known, the old ones stay in force. Raises `ValidationError` where the servers cannot
    be understood. No network.
    """
    normalise_servers(credential)
    with transaction.atomic():
        if not hold_move(credential):
            credential.instance = instance_of(credential.resource_server, credential.tenant)
        credential.state, credential.state_reason = ConnectionState.UNTESTED, ""
        credential.access_token, credential.token_expires_at = "", None
        credential.save()
    return request_halo_test(credential, sync=credential.synced_at is None, requested_by=requested_by)
