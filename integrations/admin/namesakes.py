"""Rows of one name, told apart: by what only one of them holds (reference, domain, serial), else by its id.

Either the rows are read `with_namesakes`, which costs no statement more, or rows that are there already are
told apart by `tell_apart`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, Model, OuterRef, QuerySet

from integrations.models import Company, HaloAsset, HaloClient, HaloSite

HALO_ID: Final = ("halo_id", "HaloPSA ID {}")


@dataclass(frozen=True, slots=True)
class Namesakes:
    """What looks the same: rows alike in each of `alike` (look-up to column). `told_by`: columns that tell
    them apart and how that is said, the best first; the last one always does."""

    alike: dict[str, str]
    told_by: tuple[tuple[str, str], ...]

    def marks(self, model: type[Model], path: str) -> dict[str, Exists]:
        """By index, also in a million rows: only those of the same name are looked at."""
        start = f"{path}__" if path else ""
        same = {look_up: OuterRef(f"{start}{column}") for look_up, column in self.alike.items()}
        others = model._default_manager.filter(**same).exclude(pk=OuterRef(f"{start}pk")).order_by()
        shared = {
            column: Exists(others.filter(**{column: OuterRef(f"{start}{column}")}))
            for column, _ in self.told_by[:-1]
        }
        return {_mark(path, column): there for column, there in {"name": Exists(others), **shared}.items()}

    def apart(self, row: Any, marked: Any, path: str) -> str:
        """`marked`: the row that the marks were read with."""
        if not getattr(marked, _mark(path, "name")):
            return ""
        for column, words in self.told_by:
            value = getattr(row, column)
            if value not in (None, "") and not getattr(marked, _mark(path, column), False):
                return words.format(value)
        return ""


def _mark(path: str, column: str) -> str:
    return f"{path.replace('__', '_')}_shares_{column}"


_BY_NORMALISED_NAME: Final = {"normalised_name": "normalised_name", "name__iexact": "name"}
KNOWN: Final[dict[type[Model], Namesakes]] = {
    HaloClient: Namesakes(
        {"halo_credential": "halo_credential", **_BY_NORMALISED_NAME},
        (("reference", "reference {}"), ("domain", "{}"), HALO_ID),
    ),
    HaloSite: Namesakes({"client": "client", "name": "name"}, (HALO_ID,)),
    HaloAsset: Namesakes(
        {"client": "client", "name": "name", "inventory_number": "inventory_number"},
        (("serial_number", "serial {}"), HALO_ID),
    ),
    Company: Namesakes(
        {"console": "console", **_BY_NORMALISED_NAME},
        (("account_number", "account {}"), ("domain", "{}"), ("external_id", "ID {}")),
    ),
}
"""What pages and selects show by name alone. A site or an asset is chosen within its client, and a company
stands beside its console."""


def with_namesakes(rows: QuerySet[Any], *paths: str) -> QuerySet[Any]:
    """Rows that `name_apart` can tell apart: themselves, or what the paths lead to."""
    for path in paths or ("",):
        model = rows.model
        for name in path.split("__") if path else ():
            model = model._meta.get_field(name).related_model
        if model in KNOWN:
            rows = rows.annotate(**KNOWN[model].marks(model, path))
    return rows


def name_apart(marked: Any, *paths: str) -> None:
    """Give the row itself, or what the paths lead to, its `apart`: empty where its name is its own."""
    for path in paths or ("",):
        row = marked
        for name in path.split("__") if path else ():
            row = getattr(row, name) if row is not None else None
        if row is not None:
            row.apart = KNOWN[type(row)].apart(row, marked, path)


def tell_apart(rows: Iterable[Any]) -> None:
    """The same for rows that were read without it. One statement for each kind of row that `KNOWN` knows."""
    by_model: dict[type[Model], list[Any]] = defaultdict(list)
    for row in rows:
        if type(row) in KNOWN:
            by_model[type(row)].append(row)
    for model, some in by_model.items():
        alike = with_namesakes(model._default_manager.filter(pk__in={row.pk for row in some}))
        told = {}
        for row in alike.filter(**{_mark("", "name"): True}):
            name_apart(row)
            told[row.pk] = row.apart
        for row in some:
            row.apart = told.get(row.pk, "")


def label_of(row: Any, label: str = "") -> str:
    """The row's name, or another label for it, with what tells it apart where that was looked for."""
    apart = getattr(row, "apart", "")
    return f"{label or row} · {apart}" if apart else label or str(row)
