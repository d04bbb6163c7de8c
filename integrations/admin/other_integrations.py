"""Other integrations of a HaloPSA, each count with the list behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from integrations.admin.linked_filter import PARAMETER
from integrations.models import HaloCredential


def linked_lists(credential: HaloCredential) -> list[dict[str, Any]]:
    """Name, clients, assets (numbers) and where each number is listed. No query."""
    return [
        {
            **row,
            "clients_url": _list("haloclient", credential, row["name"]),
            "assets_url": _list("haloasset", credential, row["name"]),
        }
        for row in credential.other_integrations
    ]


def _list(model: str, credential: HaloCredential, name: str) -> str:
    chosen = {"halo_credential__id__exact": credential.pk, "active__exact": 1, PARAMETER: name}
    return f"{reverse(f'admin:integrations_{model}_changelist')}?{urlencode(chosen)}"
