"""How the simulated ConnectWise RMM can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class AsioSwitches:
    asio_token_seconds: int = 3600
    asio_most_tokens: int = 20
    """So many tokens in five minutes; then the client is locked for five minutes (423). 0: no limit."""
    asio_most_calls: int = 500
    """So many calls in five minutes, then 429. 0: no limit."""
    asio_most_rows: int = 500
    """Larger pages are cut silently."""
    asio_scopes_lost: tuple[str, ...] = ()
    """Scopes that are granted, but no longer enough: lists below them answer 403."""
    asio_key_revoked: bool = False
    """Neither the secret nor any token is accepted."""
    asio_enveloped: bool = False
    """Companies and sites inside an object, with the number of all of them."""
    asio_grouped: bool = False
    """Endpoints by category, company and site, with the values in blocks."""
    asio_other_names: bool = False
    """`deviceId`, `deviceType`, `os` in place of `endpointId`, `endpointType`, `osName`."""
    asio_link_header: bool = False
    """The next page is named by a `Link` header only."""
    asio_repeats: bool = False
    """Every cursor leads to the first page."""
    asio_company_not_heeded: bool = False
    """Whatever company is asked for, all endpoints come."""
    asio_company_not_named: bool = False
    """Endpoints do not say whose they are."""
