"""Collects from the database what decides where a ticket goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from integrations.models import HaloAsset, HaloClient, HaloSite, HaloUser
from mappings.models import CompanyMapping, ComputerMapping, LocationMapping
from ticketing.apply.place import AssetFacts, ClientFacts, Place, PlaceFacts, SiteFacts, place
from ticketing.models import Alert, IntegrationProfile


def place_of(alerts: Sequence[Alert], profile: IntegrationProfile) -> Place | None:
    """The place of a ticket for these alerts (the first decides, the others add their assets)."""
    computers = _computer_mappings(alerts)
    found = place(_facts(alerts[0], computers.get(alerts[0].computer_id or 0), profile))
    if found is None:
        return None
    return replace(found, asset_ids=tuple(_assets(alerts, computers)))


def assets_of(alerts: Sequence[Alert]) -> list[int]:
    """Halo's ids of the active assets of all these alerts, each once. One query."""
    return _assets(alerts, _computer_mappings(alerts))


def _assets(alerts: Sequence[Alert], computers: dict[int, ComputerMapping]) -> list[int]:
    found = [asset.halo_id for alert in alerts if (asset := _asset_of(computers.get(alert.computer_id or 0)))]
    return list(dict.fromkeys(found))


def asset_of(alert: Alert) -> HaloAsset | None:
    """The active asset that the alert's computer is mapped to in its credential."""
    return _asset_of(_computer_mappings([alert]).get(alert.computer_id or 0))


def _asset_of(mapping: ComputerMapping | None) -> HaloAsset | None:
    """The mapping's asset, unless HaloPSA has made it inactive."""
    asset = mapping.halo_asset if mapping else None
    return asset if asset and asset.active else None


def _computer_mappings(alerts: Sequence[Alert]) -> dict[int, ComputerMapping]:
    rows = ComputerMapping.objects.filter(
        computer_id__in={alert.computer_id for alert in alerts if alert.computer_id},
        halo_credential_id=alerts[0].halo_credential_id,
    ).select_related(
        "halo_asset__client", "halo_asset__site__client", "halo_asset__asset_type", "halo_site__client"
    )
    return {row.computer_id: row for row in rows}


def _facts(alert: Alert, computer: ComputerMapping | None, profile: IntegrationProfile) -> PlaceFacts:
    mapping = (
        CompanyMapping.objects.filter(company=alert.company_id, halo_credential=alert.halo_credential_id)
        .select_related("halo_client", "halo_site__client")
        .first()
        if alert.company_id
        else None
    )
    client = profile.client if alert.company_id is None else None
    asset = _asset_of(computer)
    users = [*([profile.user.halo_id] if profile.user else []), *(asset.users if asset else [])]
    return PlaceFacts(
        mapped=_client(mapping.halo_client) if mapping else None,
        mapped_site=_site(mapping.halo_site) if mapping else None,
        asset=_asset(asset) if asset else None,
        computer_site=_site(computer.halo_site) if computer else None,
        location_site=_site(_site_of_location(alert)),
        profile_client=_client(client) if client else None,
        profile_user=profile.user.halo_id if profile.user else None,
        sites=_main_sites(alert.halo_credential_id, mapping.halo_client if mapping else client),
        user_clients=_user_clients(alert.halo_credential_id, users),
    )


def _site_of_location(alert: Alert) -> HaloSite | None:
    """The site that the location of the alert's computer is mapped to in its credential."""
    if alert.computer_id is None:
        return None
    rows = LocationMapping.objects.in_use().filter(
        location__computer=alert.computer_id, company_mapping__halo_credential=alert.halo_credential_id
    )
    found = rows.select_related("halo_site__client").first()
    return found.halo_site if found else None


def _client(client: HaloClient) -> ClientFacts | None:
    return ClientFacts(client.halo_id, client.main_site_id) if client.active else None


def _site(site: HaloSite | None) -> SiteFacts | None:
    if site is None or not site.active:
        return None
    return SiteFacts(site.halo_id, site.client.halo_id if site.client else None, site.general_user_id)


def _asset(asset: HaloAsset) -> AssetFacts:
    client_id = asset.client.halo_id if asset.client and asset.client.active else None
    return AssetFacts(asset.halo_id, client_id, _site(asset.site), tuple(asset.users))


def _main_sites(credential_id: int, client: HaloClient | None) -> dict[int, SiteFacts]:
    if client is None or client.main_site_id is None:
        return {}
    rows = HaloSite.objects.filter(halo_credential=credential_id, halo_id=client.main_site_id)
    found = [_site(row) for row in rows.select_related("client")]
    return {site.halo_id: site for site in found if site}


def _user_clients(credential_id: int, users: Sequence[int]) -> dict[int, int | None]:
    """The client of each known end user; one that is inactive belongs to nobody."""
    if not users:
        return {}
    rows = HaloUser.objects.filter(halo_credential=credential_id, halo_id__in=users)
    return {
        row.halo_id: row.site.client.halo_id if row.active and row.site and row.site.client else None
        for row in rows.select_related("site__client")
    }
