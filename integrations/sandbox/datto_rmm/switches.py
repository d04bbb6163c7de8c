"""How the simulated Datto RMM can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class DattoSwitches:
    datto_token_seconds: int = 360_000
    datto_key_refused: bool = False
    """Key and secret are no longer accepted; tokens that are out go on."""
    datto_refused: tuple[str, ...] = ()
    """Parts of paths that the user's security level does not allow: `audit`, `alerts` …"""
    datto_times: str = "milliseconds"
    """`seconds` or `iso` are the other spellings."""
    datto_most_rows: int = 250
    """Larger pages are cut silently."""
    datto_tells_most_rows: bool = True
    """False: `/system/pagination` answers 404."""
    datto_cut_devices: int = 0
    """Above 0: the list of devices breaks off after so many, though its total counts all of them."""
    datto_resolved_oldest_first: bool = False
    datto_rate_limit: int = 600
    """Reads in any 60 seconds; 0: no limit."""
    datto_delay_seconds: float = 1.0
    """How long each call takes above nine tenths of the limit."""
    datto_block_after: int = 50
    """Calls beyond the limit after which the address is blocked for five minutes."""
    datto_webhook_url: str = ""
    """Where its Global Webhook posts."""
    datto_webhook_secret: str = ""
    """Sent in the header that an administrator has added to the webhook; empty: there is none."""
    datto_webhook_body: str = '{"platform": "[platform]", "alert_uid": "[alert_uid]", "event": "raised"}'
