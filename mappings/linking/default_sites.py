"""The site that things of a client go to where nobody says otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from integrations.models import HaloClient, HaloSite


def default_sites(clients: Iterable[HaloClient]) -> dict[int, HaloSite]:
    """By client (our id): its main site as Halo names it, else its first active site. One statement."""
    main = {client.pk: client.main_site_id for client in clients}
    found: dict[int, HaloSite] = {}
    for site in HaloSite.objects.filter(client__in=main, active=True).order_by("pk"):
        if site.client_id is not None and site.halo_id == main[site.client_id]:
            found[site.client_id] = site
        elif site.client_id is not None:
            found.setdefault(site.client_id, site)
    return found
