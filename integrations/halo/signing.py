"""Signing in for the test of a credential: which of the wanted scopes does HaloPSA give?"""

from __future__ import annotations

from dataclasses import dataclass

from integrations.halo.session import HaloSession
from integrations.net.errors import TokenRefused


@dataclass(frozen=True, slots=True)
class Signed:
    """`granted`: scopes of the token in use. `refused`: those asked for that HaloPSA does not know or allow.

    Both are separated by spaces.
    """

    granted: str
    refused: str


def sign_in(session: HaloSession) -> Signed:
    """Ask for all wanted scopes together; if one is refused, for each alone and then for the good ones.

    One call, or two more than there are scopes. Raises NetError where no token was given at all; tokens for
    single scopes are never kept, for they would serve others who need more.
    """
    wanted = list(dict.fromkeys(session.access.scopes.split()))
    try:
        return _signed(session, wanted)
    except TokenRefused as refusal:
        if len(wanted) < 2 or not _blames_scopes(refusal):
            raise
        good = [scope for scope in wanted if _is_given(session, scope)]
        if not good:
            raise
    signed = _signed(session, good)
    bad = [scope for scope in wanted if scope not in good or scope in signed.refused.split()]
    return Signed(signed.granted, " ".join(bad))


def _signed(session: HaloSession, scopes: list[str]) -> Signed:
    """HaloPSA may grant fewer scopes than were asked for without refusing."""
    granted = session.sign_in(" ".join(scopes)).scope
    given = granted.split()
    fewer = set(given) < set(scopes)
    return Signed(granted, " ".join(scope for scope in scopes if scope not in given) if fewer else "")


def _is_given(session: HaloSession, scope: str) -> bool:
    try:
        session.sign_in(scope, keep=False)
    except TokenRefused as refusal:
        if not _blames_scopes(refusal):
            raise
        return False
    return True


def _blames_scopes(refusal: TokenRefused) -> bool:
    """HaloPSA API: invalid_scope; its status is not documented, nor is a body for certain."""
    return refusal.code == "invalid_scope" or (refusal.status == 400 and not refusal.code)
