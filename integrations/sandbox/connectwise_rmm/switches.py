"""How the simulated ConnectWise RMM can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class AsioSwitches:
    connectwise_rmm_token_seconds: int = 3600
    connectwise_rmm_most_tokens: int = 20
    """So many tokens in five minutes; then the client is locked for five minutes (423). 0: no limit."""
    connectwise_rmm_most_calls: int = 500
    """So many calls in five minutes, then 429. 0: no limit."""
    connectwise_rmm_most_rows: int = 500
    """Larger pages are cut silently."""
    connectwise_rmm_scopes_lost: tuple[str, ...] = ()
    """Scopes that are granted, but no longer enough: lists below them answer 403."""
    connectwise_rmm_key_revoked: bool = False
    """Neither the secret nor any token is accepted."""
    connectwise_rmm_enveloped: bool = False
    """Companies and sites inside an object, with the number of all of them."""
    connectwise_rmm_grouped: bool = False
    """Endpoints by category, company and site, with the values in blocks."""
    connectwise_rmm_other_names: bool = False
    """`deviceId`, `deviceType`, `os` in place of `endpointId`, `endpointType`, `osName`."""
    connectwise_rmm_link_header: bool = False
    """The next page is named by a `Link` header only."""
    connectwise_rmm_repeats: bool = False
    """Every cursor leads to the first page."""
    connectwise_rmm_company_not_heeded: bool = False
    """Whatever company is asked for, all endpoints come."""
    connectwise_rmm_company_not_named: bool = False
    """Endpoints do not say whose they are."""
