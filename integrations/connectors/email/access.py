"""Logging in to a mailbox: with a password, or with an access token by client credentials (XOAUTH2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from integrations.connectors.base import ConsoleAccess, CredentialField
from integrations.net.auth import ClientCredentials, fetch_client_token
from integrations.net.imap import Login

OAUTH_FIELDS: Final = (
    CredentialField(
        name="token_url",
        label="OAuth 2.0: token address",
        help_text="Microsoft 365: https://login.microsoftonline.com/<tenant ID>/oauth2/v2.0/token",
        secret=False,
        required=False,
    ),
    CredentialField(
        name="client_id",
        label="OAuth 2.0: client ID",
        help_text="Microsoft Entra admin centre > App registrations > your app > Application (client) ID.",
        secret=False,
        required=False,
    ),
    CredentialField(
        name="client_secret",
        label="OAuth 2.0: client secret",
        help_text="In the same app: Certificates & secrets > New client secret > Value (shown once).",
        secret=True,
        required=False,
    ),
    CredentialField(
        name="scope",
        label="OAuth 2.0: scope",
        help_text="Microsoft 365: https://outlook.office365.com/.default",
        secret=False,
        required=False,
    ),
)
_OAUTH: Final = {item.name: item.label for item in OAUTH_FIELDS}


def missing_for_login(credentials: Mapping[str, str]) -> dict[str, str]:
    """Problems by field name: one way to log in has to be whole, and there must not be two."""
    typed = {name for name in ("password", *_OAUTH) if str(credentials.get(name) or "").strip()}
    oauth = typed - {"password"}
    if "password" in typed and oauth:
        return {"password": "Give either a password or the four OAuth 2.0 fields; forget the other one."}
    if not typed:
        return {"password": "Give a password, or the four OAuth 2.0 fields."}
    if not oauth:
        return {}
    return {name: f"{label} is needed." for name, label in _OAUTH.items() if name not in oauth}


def login_of(access: ConsoleAccess) -> Login:
    """Asks for an access token where there is no password. Raises `NetError`."""
    user = access.value("user")
    # A password may begin or end with what pasting brings along: it is taken as it was stored.
    if password := str(access.credentials.get("password") or ""):
        return Login(user, password=password)
    token = fetch_client_token(
        ClientCredentials(
            token_url=access.value("token_url"),
            client_id=access.value("client_id"),
            client_secret=access.value("client_secret"),
            scopes=access.value("scope"),
        ),
        allow_private=access.allow_private,
        ca_bundle=access.ca_bundle,
    )
    return Login(user, token=token.access_token)
