"""One company and its client: mapping, changing, looking again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from integrations.models import Company, HaloClient, HaloSite
from integrations.sync.sentences import sentence
from mappings.linking.company_history import account, note_changes
from mappings.linking.default_sites import default_sites
from mappings.linking.switches import set_switches
from mappings.models import (
    CompanyMapping,
    CompanySuggestion,
    IgnoredCompany,
    LocationMapping,
    RefusedCompanyPair,
)


def map_company(
    company: Company,
    halo_client: HaloClient,
    *,
    halo_site: HaloSite | None = None,
    staff: Any = None,
    reason: str = "",
    create_tickets: bool | None = None,
    no_notification: bool | None = None,
    enable_configuration: bool | None = None,
) -> CompanyMapping:
    """Map a company to a client of a credential, or change its mapping there.

    Without a site the client's default site is taken (a site of the same client that was chosen earlier
    stays). Switches that are None stay as they are. Locations that were mapped to sites of another client
    count as unmapped from then on. A company that was ignored or
    offboarded no longer is. Raises `ValidationError`.
    """
    check_pair(company, halo_client, halo_site)
    credential = halo_client.halo_credential
    with transaction.atomic():
        mapping = _present(company, halo_client) or CompanyMapping(
            company=company, halo_credential=credential
        )
        before = (mapping.halo_client, mapping.halo_site) if mapping.pk else None
        stays = mapping.halo_site if mapping.halo_client_id == halo_client.pk else None
        mapping.halo_client = halo_client
        mapping.halo_site = halo_site or stays or default_sites([halo_client]).get(halo_client.pk)
        mapping.known_as = halo_client.name
        mapping.archived_at, mapping.switches_before = None, []
        mapping.reason = (reason or ("Chosen by hand." if staff else ""))[:255]
        mapping.mapped_at, mapping.mapped_by = timezone.now(), account(staff)
        mapping.clean()
        mapping.save()
        CompanySuggestion.objects.filter(company=company, halo_credential=credential).delete()
        IgnoredCompany.objects.filter(company=company, halo_credential=credential).delete()
        RefusedCompanyPair.objects.filter(company=company, halo_client=halo_client).delete()
        LocationMapping.objects.filter(company_mapping=mapping).exclude(
            halo_site__client=halo_client
        ).delete()
        note_changes(((company.pk, credential.pk, text) for text in _told(mapping, before)), staff)
        return set_switches(
            mapping,
            create_tickets=create_tickets,
            no_notification=no_notification,
            enable_configuration=enable_configuration,
            staff=staff,
        )


def _present(company: Company, client: HaloClient) -> CompanyMapping | None:
    rows = CompanyMapping.objects.filter(company=company, halo_credential=client.halo_credential_id)
    return rows.select_related("halo_client", "halo_site").first()


def _told(mapping: CompanyMapping, before: tuple[HaloClient, HaloSite | None] | None) -> list[str]:
    site = mapping.halo_site or "none"
    if before is None:
        mapped = sentence(f"Mapped to {mapping.halo_client}, default site: {site}")
        return [f"{mapped} {mapping.reason}".strip()]
    told = []
    if before[0].pk != mapping.halo_client_id:
        told.append(sentence(f"Client: {before[0]} → {mapping.halo_client}"))
    if (before[1] and before[1].pk) != mapping.halo_site_id:
        told.append(sentence(f"Default site: {before[1] or 'none'} → {site}"))
    return told


def check_pair(company: Company, halo_client: HaloClient, halo_site: HaloSite | None = None) -> None:
    """Whether `map_company` takes them. Raises `ValidationError`; reads nothing but the rows themselves and
    the client's credential."""
    credential = halo_client.halo_credential
    if credential.associated_company_id not in (None, company.pk):
        raise ValidationError(f"The credential {credential} is associated with another company.")
    if not halo_client.active:
        raise ValidationError({"halo_client": f"The Halo client {halo_client} is not active."})
    if halo_site is None:
        return
    if halo_site.client_id != halo_client.pk:
        raise ValidationError({"halo_site": "This site belongs to another client."})
    if not halo_site.active:
        raise ValidationError({"halo_site": f"The site {halo_site} is not active."})


def confirm_name(mapping: CompanyMapping, staff: Any = None) -> bool:
    """Staff say that the renamed client still is this company. False if there was nothing to say."""
    name = mapping.halo_client.name
    with transaction.atomic():
        rows = CompanyMapping.objects.filter(pk=mapping.pk, halo_client=mapping.halo_client_id)
        if not rows.exclude(known_as=name).update(known_as=name):
            return False
        told = f"Still right although HaloPSA calls the client {name} now (before: {mapping.known_as})."
        note_changes([(mapping.company_id, mapping.halo_credential_id, told)], staff)
    mapping.known_as = name
    return True
