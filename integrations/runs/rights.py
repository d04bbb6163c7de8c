"""What HaloPSA is known to refuse to credentials: learnt from tests and writes, respected by all writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from integrations.models import HaloCredential, Instance
from integrations.sync.rights import (
    EDIT_ASSETS,
    EDIT_TICKETS,
    INTENTION_NEEDS,
    WRITE_KEYS,
    Rows,
    after_test,
    after_write,
    why_refused,
)

_COLUMNS = {EDIT_ASSETS: "can_edit_assets", EDIT_TICKETS: "can_edit_tickets"}
_MEANS = {"works": True, "refused": False}


def is_news(rows: Iterable[Mapping[str, Any]], key: str, status: int) -> bool:
    """Whether an answer to a write changes the table. Without a test there is no row, and nothing to keep."""
    row = next((row for row in rows if row.get("key") == key), None)
    return row is not None and after_write(row, status) != row


def note_write(credential_id: int, key: str, status: int) -> None:
    """Keep what HaloPSA's answer to a write (2xx or 403) tells about the right to it."""
    with transaction.atomic():
        credential = HaloCredential.objects.select_for_update().get(pk=credential_id)
        rows = [after_write(row, status) if row.get("key") == key else row for row in credential.permissions]
        _store(credential, rows)


def note_test(credential: HaloCredential, found: Rows) -> bool:
    """Keep the rows of a test. True where a right to write that was refused is open again."""
    with transaction.atomic():
        row = HaloCredential.objects.select_for_update().get(pk=credential.pk)
        closed = {key for key in WRITE_KEYS if row.lacks(key)}
        _store(row, after_test(row.permissions, found))
    credential.permissions = row.permissions
    return any(not row.lacks(key) for key in closed)


def _store(credential: HaloCredential, rows: Rows) -> None:
    """What is told in the table is told in the columns, too."""
    states = {row.get("key"): row.get("state") for row in rows}
    known = {column: _MEANS.get(str(states.get(key))) for key, column in _COLUMNS.items()}
    credential.permissions = rows
    HaloCredential.objects.filter(pk=credential.pk).update(permissions=rows, **known)


def refused_writes(instance: Instance, kinds: Sequence[str]) -> Q:
    """Intentions of these kinds that wait because HaloPSA refuses them to their credential. One query."""
    refused = Q(pk__in=())
    for pk, rows in instance.credentials.values_list("pk", "permissions"):
        closed = [kind for kind in kinds if why_refused(rows, INTENTION_NEEDS[kind])]  # type: ignore[index]
        if closed:
            refused |= Q(halo_credential=pk, kind__in=closed)
    return refused
