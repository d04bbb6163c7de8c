"""Tokens of webhook doors: the address is the secret, so only its digest is stored."""

from __future__ import annotations

import secrets

from integrations.models import ApiToken, Console, HaloCredential


def new_hook_token(row: Console | HaloCredential) -> str:
    """Make the row's door anew and return its token, this once; an earlier address stops working at once."""
    token = secrets.token_urlsafe(32)
    row.hook_token_digest = ApiToken.digest_of(token)
    row.save(update_fields=["hook_token_digest"])
    return token
