"""What a row names: things are found for all rows of a part at once, by id or by name, and never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from integrations.models import (
    Company,
    Computer,
    Console,
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloCredential,
    HaloSite,
)
from integrations.sync.names import normalise_name
from mappings.linking import companies_of
from mappings.spreadsheets.columns import SheetLine, alike, short
from mappings.spreadsheets.problems import NotFound


@dataclass(frozen=True, slots=True)
class Way:
    """How rows name one kind of thing: by the field with an id and the one with a name."""

    one: str
    by_id: str
    by_name: str
    id_of: Callable[[Any], str] = lambda row: str(row.halo_id)
    else_: str = ""
    """What tells those of one name apart; '' for the id."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.by_id, self.by_name)))

    def column(self, line: SheetLine) -> str:
        """The field by which the line names it."""
        return self.by_id if self.by_id in line.told else self.by_name


LOST_ZEROS: Final = " If it begins with zeros, they were lost: format the column as text."

COMPANY = Way("company", "company_id", "company", lambda row: str(row.external_id))
CLIENT = Way("Halo client", "client_id", "client")
SITE = Way("site", "site_id", "site")
PRODUCT = Way("product", "", "product", lambda row: "", "name the console as well")
COMPUTER = Way("computer", "computer_id", "computer", lambda row: str(row.external_id))
ASSET = Way("asset", "asset_id", "asset")
TYPE = Way("asset type", "type_id", "type")


class Index:
    """Rows by id and by name: a line looks at those that it may mean, not at all of them."""

    def __init__(self, way: Way, rows: Iterable[Any]) -> None:
        self._way = way
        known = list(rows)
        self._by_id = grouped(known, way.id_of)
        self._by_name = grouped(known, lambda row: alike(row.name))

    def candidates(self, line: SheetLine) -> list[Any]:
        if self._way.by_id in line.told:
            return self._by_id.get(line.told[self._way.by_id], [])
        return self._by_name.get(alike(line.told.get(self._way.by_name, "")), [])

    def named(self, line: SheetLine) -> Any:
        """See the function of this name."""
        return named(self._way, line, self.candidates(line))


def named(way: Way, line: SheetLine, rows: Sequence[Any], among: str = "") -> Any:
    """The one of `rows` that the line names; None if it names none. Raises `NotFound`.

    Where it gives both an id and a name they have to agree: one of them may be a slip. `among`: whose rows
    these are, for the sentence that it is none of them.
    """
    number, name = line.told.get(way.by_id), line.told.get(way.by_name)
    if number is not None:
        return _by_id(way, number, name, rows, among)
    if name is None:
        return None
    found = [row for row in rows if alike(row.name) == alike(name)]
    found = [row for row in found if getattr(row, "active", True)] or found
    if not found:
        raise NotFound(way.by_name, f"There is no {way.one} {short(name)}{among}.")
    if len(found) > 1:
        apart = way.else_ or f"give the id of the {way.one}"
        raise NotFound(way.by_name, f"Several have the name {short(name)}: {apart}.")
    return found[0]


def _by_id(way: Way, number: str, name: str | None, rows: Sequence[Any], among: str) -> Any:
    found = [row for row in rows if way.id_of(row) == number]
    if not found:
        zeros = LOST_ZEROS if way in (COMPANY, COMPUTER) and number.isdigit() else ""
        raise NotFound(way.by_id, f"There is no {way.one} with the id {short(number)}{among}.{zeros}")
    agreeing = [row for row in found if name is None or alike(row.name) == alike(name)]
    if not agreeing:
        raise NotFound(way.by_name, f"The {way.one} with the id {number} is called {found[0].name}.")
    if len(agreeing) > 1:
        raise NotFound(way.by_id, f"Several have the id {number!r}: name the console as well.")
    return agreeing[0]


def grouped(rows: Iterable[Any], key: Callable[[Any], str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


class Consoles:
    """The consoles that rows may name. One statement."""

    def __init__(self) -> None:
        self._names = {alike(name) for name in Console.objects.values_list("name", flat=True)}

    def named(self, way: Way, line: SheetLine, rows: Sequence[Any]) -> Any:
        """The one that the line names among those of its console, if it names that. Raises `NotFound`."""
        console = line.told.get("console")
        if console is None:
            return named(way, line, rows)
        if alike(console) not in self._names:
            raise NotFound("console", f"There is no console {short(console)}.")
        own = [row for row in rows if alike(row.console.name) == alike(console)]
        return named(way, line, own, f" in the console {console}")


# ---- all rows of a part, in one statement each -----------------------------------------------


def companies_named(lines: Iterable[SheetLine], credential: HaloCredential) -> list[Company]:
    numbers, names = _told(lines, "company_id", "company")
    rows = companies_of(credential).filter(
        Q(external_id__in=numbers) | Q(name__in=names) | Q(normalised_name__in=_normalised(names))
    )
    return list(rows.select_related("console"))


def clients_named(lines: Iterable[SheetLine], credential: HaloCredential) -> list[HaloClient]:
    numbers, names = _told(lines, "client_id", "client")
    rows = HaloClient.objects.filter(
        Q(halo_id__in=[number for number in numbers if _is_id(number)])
        | Q(name__in=names)
        | Q(normalised_name__in=_normalised(names)),
        halo_credential=credential,
    )
    return list(rows.select_related("halo_credential"))


def computers_named(lines: Iterable[SheetLine]) -> list[Computer]:
    numbers, names = _told(lines, "computer_id", "computer")
    rows = Computer.objects.filter(Q(external_id__in=numbers) | Q(name__in=spelled(names)))
    return list(rows.select_related("console", "company"))


def assets_named(
    lines: Iterable[SheetLine], clients: Iterable[int], credential: HaloCredential
) -> list[HaloAsset]:
    """Of these clients (our ids) by name or tag, and whosesoever by id."""
    numbers, names = _told(lines, "asset_id", "asset")
    tags, _ = _told(lines, "asset_tag", "asset_tag")
    named_ = Q(name__in=spelled(names)) | Q(inventory_number__in=spelled(tags))
    rows = HaloAsset.objects.filter(
        Q(halo_id__in=[number for number in numbers if _is_id(number)])
        | (Q(client__in=set(clients)) & named_),
        halo_credential=credential,
    )
    return list(rows.select_related("asset_type", "site", "client"))


def types_of(credential: HaloCredential) -> list[HaloAssetType]:
    return list(HaloAssetType.objects.filter(halo_credential=credential, active=True))


def sites_of(
    clients: Iterable[int], lines: Iterable[SheetLine], credential: HaloCredential
) -> list[HaloSite]:
    """The sites of these clients (our ids), and those that are named by id, whosesoever."""
    numbers, _ = _told(lines, "site_id", "site")
    by_id = Q(halo_id__in=[number for number in numbers if _is_id(number)])
    return list(HaloSite.objects.filter(by_id | Q(client__in=set(clients)), halo_credential=credential))


def _told(lines: Iterable[SheetLine], *names: str) -> tuple[set[str], set[str]]:
    """(the ids, the names)."""
    rows = list(lines)
    numbers, words = ({str(line.told[name]) for line in rows if name in line.told} for name in names)
    return numbers, words | {word.lstrip("'") for word in words}


def _normalised(names: Iterable[str]) -> set[str]:
    return {normalise_name(name) for name in names} - {""}


def spelled(names: Iterable[str]) -> set[str]:
    """In the usual spellings: a database compares letter by letter."""
    return {way for name in names for way in (name, name.upper(), name.lower())}


def _is_id(text: str) -> bool:
    return text.isdigit() and len(text) < 10
