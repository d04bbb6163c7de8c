"""Errors in HaloPSA's own terms: what happened, and what staff can do about it, in one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.halo.permissions import Need, need_of
from integrations.net.errors import (
    BadAnswer,
    Forbidden,
    NetError,
    NotFound,
    RateLimited,
    Refused,
    ServerFailed,
    TokenRefused,
    Unauthorised,
)
from integrations.net.hosts import origin_of
from integrations.net.http import AddressError

if TYPE_CHECKING:
    from integrations.halo.session import HaloAccess

RATE_LIMIT = "HaloPSA's API limit is used up (429): the bridge waits before it calls again."


def of_call(error: NetError, method: str, path: str, host: str) -> NetError:
    """The same error about a call to the API."""
    need = need_of(method, path)
    if isinstance(error, Unauthorised):
        return error.with_sentence(_not_let_in(need))
    if isinstance(error, Forbidden):
        return error.with_sentence(_forbidden(need))
    if isinstance(error, RateLimited):
        return error.with_sentence(RATE_LIMIT)
    if isinstance(error, Refused) and error.body_text:
        return error.with_sentence(f"HaloPSA refused it: {error.body_text}")
    if isinstance(error, ServerFailed):
        return error.with_sentence(_failed(error, host))
    return error


def of_sign_in(error: NetError, access: HaloAccess) -> NetError:
    """The same error about the request for a token."""
    if isinstance(error, RateLimited):
        return error.with_sentence(RATE_LIMIT)
    if isinstance(error, TokenRefused):
        return error.with_sentence(_token_refused(error, access))
    server = _shown(access)
    if isinstance(error, NotFound | BadAnswer):
        return error.with_sentence(
            f"{server} gives no tokens: check the authorisation server "
            "(HaloPSA: Configuration > Integrations > HaloPSA API)."
        )
    # HaloPSA API: a tenant that does not exist is answered with 500.
    if isinstance(error, ServerFailed) and error.status == 500 and access.tenant:
        return error.with_sentence(
            f"HaloPSA failed at signing in (500): check the tenant '{access.tenant}', "
            "a wrong one has this effect."
        )
    return error


def not_a_halo(error: NetError, host: str) -> NetError:
    """For an answer to authinfo, which every HaloPSA gives without a token."""
    status = f" ({error.status})" if error.status else ""
    return error.with_sentence(
        f"{host} answers{status}, but it is not a HaloPSA API: check the resource server "
        "(HaloPSA: Configuration > Integrations > HaloPSA API)."
    )


def _token_refused(error: TokenRefused, access: HaloAccess) -> str:
    if error.code == "invalid_scope":
        return (
            f"HaloPSA does not know or allow one of the scopes '{access.scopes}': correct them here, "
            "or tick them on the application in HaloPSA."
        )
    if error.code in ("unauthorized_client", "unsupported_grant_type"):
        return (
            "HaloPSA does not let this application sign in with client ID and secret: set its authentication "
            "method to 'Client ID and Secret (Services)'."
        )
    if error.code == "invalid_client" or error.status == 401:
        return (
            "HaloPSA does not accept this client ID and secret: copy both again from the application "
            "(HaloPSA: Configuration > Integrations > HaloPSA API > View Applications), or make a new secret."
        )
    words = error.body_text or f"status {error.status}"
    return f"HaloPSA gave no token ({words}): check the authorisation server, client ID, secret and tenant."


def _not_let_in(need: Need) -> str:
    return (
        f"HaloPSA gave a token but does not let it in (401) to {need.doing}: check that the scopes are "
        "entered here and ticked on the application, and that it logs in as a Halo agent. "
        f"Needed: {need.grant}."
    )


def _forbidden(need: Need) -> str:
    return f"HaloPSA does not allow to {need.doing} (403). Needed: {need.grant}."


def _failed(error: ServerFailed, host: str) -> str:
    words = f": {error.body_text}" if error.body_text else "."
    if error.status == 503:
        return f"HaloPSA at {host} is not available at the moment (503){words}"
    return f"HaloPSA at {host} failed with an error of its own ({error.status}){words}"


def _shown(access: HaloAccess) -> str:
    try:
        return origin_of(access.token_url).shown
    except AddressError:
        return "The authorisation server"
