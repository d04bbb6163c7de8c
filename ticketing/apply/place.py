"""Where a ticket goes in HaloPSA: client, site, end user, asset. Pure; ids are Halo's own.

Client and site come from the asset or the mapping; the profile's client serves only what belongs to no
company, its end user only a ticket of that user's own client (else the asset's linked end user, else the
site's General User). There is always a client of ours or no ticket: never Halo's default client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteFacts:
    halo_id: int
    client_id: int | None
    general_user_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClientFacts:
    halo_id: int
    main_site_id: int | None = None


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """An active asset of the alert's computer. `users` are its linked end users, Halo's order."""

    halo_id: int
    client_id: int | None
    site: SiteFacts | None = None
    users: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """`mapped`: client and default site of the company mapping; None for what belongs to no company.

    `computer_site` is the site that staff chose for a computer still to be exported, `location_site` the one
    that its location is mapped to. `sites` holds the main
    site if it is active; `user_clients` says whose the known end users are (None: inactive).
    """

    mapped: ClientFacts | None = None
    mapped_site: SiteFacts | None = None
    asset: AssetFacts | None = None
    computer_site: SiteFacts | None = None
    location_site: SiteFacts | None = None
    profile_client: ClientFacts | None = None
    profile_user: int | None = None
    sites: Mapping[int, SiteFacts] | None = None
    user_clients: Mapping[int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    client_id: int
    site_id: int | None = None
    user_id: int | None = None
    asset_ids: tuple[int, ...] = ()


def place(facts: PlaceFacts) -> Place | None:
    """Where the ticket goes; None if there is no client for it."""
    client_id = _client(facts)
    if client_id is None:
        return None
    site = _site(facts, client_id)
    return Place(
        client_id=client_id,
        site_id=site.halo_id if site else None,
        user_id=_user(facts, client_id, site),
        asset_ids=(facts.asset.halo_id,) if facts.asset else (),
    )


def _client(facts: PlaceFacts) -> int | None:
    if facts.asset and facts.asset.client_id is not None:
        return facts.asset.client_id
    client = facts.mapped or facts.profile_client
    return client.halo_id if client else None


def _site(facts: PlaceFacts, client_id: int) -> SiteFacts | None:
    """The first of the possible sites that is one of the client's; at last the client's main site."""
    asset_site = facts.asset.site if facts.asset else None
    for site in (asset_site, facts.computer_site, facts.location_site, facts.mapped_site):
        if site and site.client_id == client_id:
            return site
    for client in (facts.mapped, facts.profile_client):
        if client and client.halo_id == client_id and client.main_site_id is not None:
            return (facts.sites or {}).get(client.main_site_id)
    return None


def _user(facts: PlaceFacts, client_id: int, site: SiteFacts | None) -> int | None:
    known = facts.user_clients or {}
    if facts.profile_user is not None and known.get(facts.profile_user) == client_id:
        return facts.profile_user
    for user in facts.asset.users if facts.asset else ():
        # An end user whom the mirror does not hold is Halo's own link to the asset and taken as it is.
        if known.get(user, client_id) == client_id:
            return user
    return site.general_user_id if site else None
