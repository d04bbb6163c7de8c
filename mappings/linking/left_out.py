"""Why Halo clients were not imported into a console, judged by how things are after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef

from integrations.models import Company, Console, HaloClient, HaloCredential
from mappings.models import CompanyMapping, IgnoredCompany

UNKNOWN: Final = "There is no such Halo client."
OF_ANOTHER: Final = "It is not a client of {credential}."
INACTIVE: Final = "It is inactive in HaloPSA."
MAPPED: Final = "The company {company} of this console is mapped to it already."
IGNORED: Final = "Its company {company} is ignored; stop ignoring it first."
ELSEWHERE: Final = "Its company {company} is mapped to {client} already."
MEANWHILE: Final = "It was changed at this moment; import it again."


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A client by our id, with a sentence."""

    halo_client: int
    name: str
    reason: str


def left_out(
    console: Console, credential: HaloCredential, missing: Iterable[int], companies: Mapping[int, str]
) -> Iterator[LeftOut]:
    """One for each of these clients (our ids). `companies`: how each would be called in the console
    (external id). Four statements."""
    ids = sorted(missing)
    clients = HaloClient.objects.in_bulk(ids)
    pairs = CompanyMapping.objects.filter(halo_client__in=ids, company__console=console)
    mapped = {row.halo_client_id: row.company for row in pairs.select_related("company")}
    ignored = IgnoredCompany.objects.filter(company=OuterRef("pk"), halo_credential=credential)
    own = Company.objects.filter(console=console, external_id__in=list(companies.values()))
    found = {row.external_id: row for row in own.annotate(ignored=Exists(ignored))}
    taken = CompanyMapping.objects.filter(company__in=found.values(), halo_credential=credential)
    clients_of = {row.company_id: row.halo_client for row in taken.select_related("halo_client")}
    for pk in ids:
        client, company = clients.get(pk), found.get(companies.get(pk, ""))
        if client is None:
            yield LeftOut(pk, "", UNKNOWN)
            continue
        yield LeftOut(pk, client.name, _reason(client, credential, mapped.get(pk), company, clients_of))


def _reason(
    client: HaloClient,
    credential: HaloCredential,
    mapped: Company | None,
    company: Any,
    clients_of: Mapping[int, HaloClient],
) -> str:
    if client.halo_credential_id != credential.pk:
        return OF_ANOTHER.format(credential=credential)
    if not client.active:
        return INACTIVE
    if mapped is not None:
        return MAPPED.format(company=mapped)
    if company is not None and company.ignored:
        return IGNORED.format(company=company)
    if company is not None and company.pk in clients_of:
        return ELSEWHERE.format(company=company, client=clients_of[company.pk])
    return MEANWHILE


def all_left_out(ids: Iterable[int], reason: str) -> Iterator[LeftOut]:
    """One for each, with the same reason. One statement."""
    wanted = sorted(set(ids))
    names = dict(HaloClient.objects.filter(pk__in=wanted).values_list("pk", "name"))
    for pk in wanted:
        yield LeftOut(pk, names.get(pk, ""), reason if pk in names else UNKNOWN)
