"""Names of what configuration refers to, and what a name stands for here. One query a kind, on demand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import cached_property
from typing import Any, Final

from integrations.models import (
    Company,
    Console,
    HaloAssetType,
    HaloClient,
    HaloCredential,
    HaloField,
    HaloOption,
    HaloSite,
    Product,
)
from mappings.definitions import Definitions, definitions_of
from ticketing.configuration.verdicts import Unresolved, Verdict, missing
from ticketing.models import EventSet, IntegrationProfile

MOST_TOLD: Final = 5
Scope = Hashable
Row = tuple[Scope, int, str, Any, bool]
"""Scope, number that people know, name, what it stands for, whether it is in use."""


class Index:
    """Things of one kind by name within a scope. `told` and `found` are each other's inverse."""

    def __init__(self, what: str, rows: Iterable[Row]) -> None:
        self.what = what
        self._names: dict[tuple[Scope, int], str] = {}
        self._found: dict[tuple[Scope, str], dict[int, Any]] = defaultdict(dict)
        for row in rows:
            self.add(*row)

    def add(self, scope: Scope, number: int, name: str, thing: Any, in_use: bool = True) -> None:
        self._names.setdefault((scope, number), name)
        if in_use:
            self._found[scope, name.casefold()][number] = thing

    def told(self, scope: Scope, number: int) -> Any:
        """Its name; with its number where several share it, and the number alone where it has none."""
        name = self._names.get((scope, number), "")
        if not name:
            return {"id": number}
        alike = self._found.get((scope, name.casefold()), {})
        return {"name": name, "id": number} if len(alike) > 1 or number not in alike else name

    def found(self, scope: Scope, told: Any, where: str = "") -> Any:
        """What a name (or name and number) stands for. Raises `Unresolved`."""
        name, number = (told.get("name", ""), told.get("id")) if isinstance(told, dict) else (told, None)
        if not isinstance(name, str) or not (name or number is not None):
            raise Unresolved(Verdict.REFUSED, f"{told!r} is no name of a {self.what}.")
        if not name:
            name = self._names.get((scope, number), "") if isinstance(number, int) else ""
        alike = self._found.get((scope, name.strip().casefold()), {})
        if number in alike:
            return alike[number]
        if not alike:
            raise missing(self.what, name or f"#{number}", where)
        if len(alike) > 1:
            numbers = ", ".join(str(found) for found in sorted(alike)[:MOST_TOLD])
            words = f"Several have the name “{name}” ({numbers}): write {{name: …, id: …}}."
            raise Unresolved(Verdict.AMBIGUOUS, f"{self.what.capitalize()}: {words}")
        return next(iter(alike.values()))


class Names:
    """All indexes. What is made on the way is added, so that later rows of the file find it."""

    @cached_property
    def credentials(self) -> Index:
        rows = HaloCredential.objects.select_related("instance")
        return Index("HaloPSA credential", ((None, row.pk, row.name, row, True) for row in rows))

    @cached_property
    def consoles(self) -> Index:
        return Index("console", ((None, row.pk, row.name, row, True) for row in Console.objects.all()))

    @cached_property
    def event_sets(self) -> Index:
        return Index("event set", ((None, row.pk, row.name, row, True) for row in EventSet.objects.all()))

    @cached_property
    def profiles(self) -> Index:
        rows = IntegrationProfile.objects.select_related("event_set")
        return Index("profile", ((row.halo_credential_id, row.pk, row.name, row, True) for row in rows))

    @cached_property
    def products(self) -> Index:
        rows = Product.objects.select_related("console")
        return Index("product", ((row.console_id, row.pk, row.name, row, True) for row in rows))

    @cached_property
    def companies(self) -> dict[tuple[int, str], Company]:
        rows = Company.objects.select_related("console")
        return {(row.console_id, row.external_id): row for row in rows.iterator(chunk_size=2000)}

    @cached_property
    def clients(self) -> Index:
        rows = HaloClient.objects.select_related("halo_credential")
        return Index("Halo client", map(_snapshot, rows.iterator(chunk_size=2000)))

    @cached_property
    def sites(self) -> Index:
        rows = HaloSite.objects.exclude(client=None).iterator(chunk_size=2000)
        return Index("site", ((row.client_id, row.halo_id, row.name, row, row.active) for row in rows))

    @cached_property
    def asset_types(self) -> Index:
        rows = HaloAssetType.objects.only("halo_credential_id", "halo_id", "name", "active")
        return Index("asset type", map(_number, rows))

    @cached_property
    def fields(self) -> Index:
        rows = HaloField.objects.filter(kind__in=("asset", "custom"))
        told = rows.values_list("halo_credential_id", "kind", "halo_id", "name", "active")
        return Index(
            "asset field", (((owner, kind), pk, name, pk, active) for owner, kind, pk, name, active in told)
        )

    @cached_property
    def options(self) -> Index:
        """Scope: credential, kind and parent; what stands for something is Halo's own number."""
        rows = HaloOption.objects.order_by("pk").values_list(
            "halo_credential_id", "kind", "parent", "halo_id", "name", "active"
        )
        index = Index("choice", ())
        for owner, kind, parent, text, name, active in rows.iterator(chunk_size=2000):
            if text.lstrip("-").isdigit():
                for scope in {(owner, kind, parent), (owner, kind, "")}:
                    index.add(scope, int(text), name, int(text), active)
        return index

    @cached_property
    def definitions(self) -> dict[int, Definitions]:
        return definitions_of(HaloCredential.objects.select_related("instance"))

    def company(self, console: Console, external_id: object) -> Company:
        found = self.companies.get((console.pk, str(external_id)))
        if found is None:
            raise missing("company with the ID", external_id, str(console))
        return found


def _snapshot(row: HaloClient) -> Row:
    return row.halo_credential_id, row.halo_id, row.name, row, row.active


def _number(row: HaloAssetType) -> Row:
    return row.halo_credential_id, row.halo_id, row.name, row.halo_id, row.active


Get = Callable[[Names], Index]
