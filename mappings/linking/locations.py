"""Locations of a company and the sites of its client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.models import HaloSite, Location
from integrations.sync.names import normalise_name
from mappings.linking.company_history import account, note_changes
from mappings.models import CompanyMapping, LocationMapping


def map_locations(
    mapping: CompanyMapping, wanted: Mapping[Location, HaloSite | None], staff: Any = None
) -> int:
    """Map locations of the company to sites of its client (None: back to the default site).

    Returns how many changed. Raises `ValidationError` and changes nothing if one does not belong there.
    """
    stored = {row.location_id: row for row in mapping.location_mappings.select_related("halo_site")}
    changed = {
        location: site
        for location, site in wanted.items()
        if (site and site.pk) != (stored[location.pk].halo_site_id if location.pk in stored else None)
    }
    rows = [_row(mapping, location, site, staff) for location, site in changed.items() if site is not None]
    for row in rows:
        row.clean()
    cleared = [location for location, site in changed.items() if site is None]
    with transaction.atomic():
        LocationMapping.objects.filter(company_mapping=mapping, location__in=cleared).delete()
        LocationMapping.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["location", "company_mapping"],
            update_fields=["halo_site", "mapped_at", "mapped_by"],
        )
        told = (f"Location {location}: {site or 'default site'}." for location, site in changed.items())
        note_changes(((mapping.company_id, mapping.halo_credential_id, text) for text in told), staff)
    return len(changed)


def _row(mapping: CompanyMapping, location: Location, site: HaloSite, staff: Any) -> LocationMapping:
    return LocationMapping(
        location=location,
        company_mapping=mapping,
        halo_site=site,
        mapped_at=timezone.now(),
        mapped_by=account(staff),
    )


def suggest_sites(mapping: CompanyMapping) -> dict[int, HaloSite]:
    """By location (our id) without a site of its own: the one active site of the client of the same name.

    Names that occur twice on either side suggest nothing. Two statements.
    """
    locations = Location.objects.filter(company=mapping.company_id, active=True)
    free = locations.exclude(mappings__in=LocationMapping.objects.in_use().filter(company_mapping=mapping))
    sites = HaloSite.objects.filter(client=mapping.halo_client_id, active=True)
    named = [(pk, normalise_name(name)) for pk, name in free.values_list("pk", "name")]
    by_name: dict[str, list[HaloSite]] = {}
    for site in sites:
        by_name.setdefault(normalise_name(site.name), []).append(site)
    number = Counter(name for _, name in named)
    return {
        pk: by_name[name][0]
        for pk, name in named
        if name and number[name] == 1 and len(by_name.get(name, ())) == 1
    }
