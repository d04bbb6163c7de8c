"""Halo clients become companies of a console that has none of its own, mapped at once.

Nothing is created in the tool behind the console nor in HaloPSA.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.ingest.console_side import store_companies
from integrations.models import Company, Console, HaloClient, HaloCredential
from integrations.records import CompanyRecord
from integrations.registry import UnknownKind, connector_class, console_kinds
from mappings.linking.left_out import LeftOut, all_left_out, left_out
from mappings.linking.suggestions import map_many
from mappings.models import CompanyMapping, IgnoredCompany

ROWS = 1000
"""Rows a statement."""
REASON: Final = "Imported from HaloPSA."
REUSED: Final = "Imported from HaloPSA; the console had a company of this name."


@dataclass(frozen=True, slots=True)
class Imported:
    """Companies that were made, companies of the console that were taken instead, clients that stay out, and
    why each of those does."""

    made: int = 0
    reused: int = 0
    left: int = 0
    left_out: tuple[LeftOut, ...] = field(default=(), compare=False)

    def __add__(self, other: Imported) -> Imported:
        return Imported(
            self.made + other.made,
            self.reused + other.reused,
            self.left + other.left,
            self.left_out + other.left_out,
        )


def takes_imports(console: Console) -> bool:
    """Whether its companies may come from HaloPSA: nothing reads them from the console."""
    try:
        return _takes_imports(console.kind)
    except UnknownKind:
        return False


def importing_kinds() -> list[tuple[str, str]]:
    """(kind, label) of consoles whose companies may come from HaloPSA."""
    return [(kind, label) for kind, label in console_kinds() if _takes_imports(kind)]


def _takes_imports(kind: str) -> bool:
    return not connector_class(kind).abilities.companies


def importable_clients(console: Console, credential: HaloCredential) -> QuerySet[HaloClient]:
    """Active clients that no company of this console is mapped to."""
    pairs = CompanyMapping.objects.filter(halo_client=OuterRef("pk"), company__console=console)
    clients = HaloClient.objects.filter(halo_credential=credential, active=True)
    return clients.exclude(Exists(pairs))


def matching_clients(clients: QuerySet[HaloClient], text: str) -> QuerySet[HaloClient]:
    """Clients in whose name, reference or domain each typed word occurs."""
    for word in text.replace("\x00", "").split()[:10]:
        clients = clients.filter(
            Q(name__icontains=word) | Q(reference__icontains=word) | Q(domain__icontains=word)
        )
    return clients


def import_clients(
    console: Console, credential: HaloCredential, client_ids: Sequence[int], staff: Any = None
) -> Imported:
    """Make the clients companies of the console. May be repeated: what is mapped is left alone.

    Where the console has exactly one unmapped company of the same name, that one is mapped instead of making
    a second. A fixed number of statements per 1,000 clients.
    """
    ids = sorted(set(client_ids))
    if sentence := _never(console, credential):
        return Imported(left=len(ids), left_out=tuple(all_left_out(ids, sentence)))
    found = Imported()
    for start in range(0, len(ids), ROWS):
        found += _import(console, credential, ids[start : start + ROWS], staff)
    return found


def _never(console: Console, credential: HaloCredential) -> str:
    """Why nothing can be imported at all; '' if it can."""
    if credential.associated_company_id is not None:
        return f"{credential} is associated with one company: it imports nothing."
    return "" if takes_imports(console) else f"{console} reads its companies from the vendor."


def _import(console: Console, credential: HaloCredential, ids: list[int], staff: Any) -> Imported:
    clients = list(
        importable_clients(console, credential).filter(pk__in=ids).select_related("halo_credential")
    )
    present = _free_namesakes(console, credential, {client.normalised_name for client in clients})
    reused = _one_each(clients, present)
    new = {external_id(client): client for client in clients if client.pk not in reused}
    store_companies(console, [_record(key, client) for key, client in new.items()], seen=set())
    made = Company.objects.filter(console=console, external_id__in=list(new))
    wanted = [(pk, new[key], REASON) for key, pk in made.values_list("external_id", "pk")]
    mapped = map_many(wanted, staff) if wanted else set()
    pairs = [(reused[client.pk], client, REUSED) for client in clients if client.pk in reused]
    taken = map_many(pairs, staff) if pairs else set()
    done = {client.pk for pk, client, _ in (*wanted, *pairs) if pk in mapped | taken}
    missing = set(ids) - done
    keys = {client.pk: external_id(client) for client in clients if client.pk in missing}
    why = left_out(console, credential, missing, keys) if missing else ()
    return Imported(len(mapped), len(taken), len(missing), tuple(why))


def external_id(client: HaloClient) -> str:
    """Unique over all instances: two of them may number their clients alike."""
    return f"halo-{client.halo_credential.instance_id}-{client.halo_id}"


def _record(key: str, client: HaloClient) -> CompanyRecord:
    return CompanyRecord(
        key, client.name, domain=client.domain or None, account_number=client.reference or None
    )


def _free_namesakes(console: Console, credential: HaloCredential, names: set[str]) -> dict[str, list[int]]:
    companies = Company.objects.filter(console=console, active=True, normalised_name__in=names - {""})
    taken = CompanyMapping.objects.filter(company=OuterRef("pk"), halo_credential=credential)
    ignored = IgnoredCompany.objects.filter(company=OuterRef("pk"), halo_credential=credential)
    found: dict[str, list[int]] = {}
    free = companies.exclude(Exists(taken)).exclude(Exists(ignored)).order_by("pk")
    for name, pk in free.values_list("normalised_name", "pk"):
        found.setdefault(name, []).append(pk)
    return found


def _one_each(clients: Sequence[HaloClient], present: dict[str, list[int]]) -> dict[int, int]:
    """Client → company of the same name, where there is one of each."""
    by_name: dict[str, list[HaloClient]] = {}
    for client in clients:
        by_name.setdefault(client.normalised_name, []).append(client)
    return {
        namesakes[0].pk: present[name][0]
        for name, namesakes in by_name.items()
        if len(namesakes) == 1 and len(present.get(name, ())) == 1
    }
