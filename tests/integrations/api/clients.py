"""Callers of the REST API, and the small rows that its tests stand on."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from integrations.models import (
    ApiToken,
    Company,
    Computer,
    Console,
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloCredential,
    HaloSite,
)

_numbers = count(1)


def make_account(*permissions: str, **values: Any) -> User:
    """A staff account; permissions as `app.codename`."""
    account = User.objects.create(username=f"account{next(_numbers)}", **values)
    for permission in permissions:
        app, codename = permission.split(".")
        account.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return account


def make_token(account: User, **values: Any) -> str:
    token = ApiToken(user=account, name="Test", **values)
    key = token.set_new_key()
    token.save()
    return key


def make_caller(*permissions: str) -> APIClient:
    """A program with these permissions; without any named: with all."""
    account = make_account(*permissions, is_superuser=not permissions)
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {make_token(account)}")
    return caller


def make_company(console: Console, **values: Any) -> Company:
    number = next(_numbers)
    return Company.objects.create(
        **{"console": console, "external_id": f"c{number}", "name": f"Company {number}", **values}
    )


def make_computer(company: Company, **values: Any) -> Computer:
    number = next(_numbers)
    defaults = {
        "console": company.console,
        "company": company,
        "external_id": f"pc{number}",
        "name": f"PC-{number}",
    }
    return Computer.objects.create(**{**defaults, **values})


def make_halo_client(credential: HaloCredential, **values: Any) -> HaloClient:
    number = next(_numbers)
    return HaloClient.objects.create(
        **{"halo_credential": credential, "halo_id": number, "name": f"Client {number}", **values}
    )


def make_halo_site(client: HaloClient, **values: Any) -> HaloSite:
    number = next(_numbers)
    defaults = {
        "halo_credential": client.halo_credential,
        "client": client,
        "halo_id": number,
        "name": f"Site {number}",
    }
    return HaloSite.objects.create(**{**defaults, **values})


def make_asset_type(credential: HaloCredential, halo_id: int, **values: Any) -> HaloAssetType:
    return HaloAssetType.objects.create(
        **{"halo_credential": credential, "halo_id": halo_id, "name": f"Type {halo_id}", **values}
    )


def make_halo_asset(client: HaloClient, **values: Any) -> HaloAsset:
    number = next(_numbers)
    defaults = {
        "halo_credential": client.halo_credential,
        "client": client,
        "halo_id": number,
        "name": f"Asset {number}",
    }
    return HaloAsset.objects.create(**{**defaults, **values})
