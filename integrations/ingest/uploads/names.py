"""Companies and computers that a sheet names as people do: by id, or by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import Q
from django.db.models.functions import Lower

from integrations.ingest.console_rows import external_key
from integrations.models import Company, Computer, Console
from integrations.sync.names import normalise_name

UNKNOWN: Final = ""
SEVERAL: Final = None

Found = Mapping[str, str | None]
"""What the sheet says → external id; "" for what is not known, None for what several are called."""


def companies_called(console: Console, told: Iterable[str]) -> Found:
    """With one query, whatever their number."""
    names = {name: normalise_name(name) for name in told if name}
    ids = {external_key(name) for name in names}
    rows = Company.objects.filter(console=console).order_by()
    wanted = rows.filter(Q(external_id__in=ids) | Q(normalised_name__in=set(names.values()), active=True))
    known: set[str] = set()
    by_name = defaultdict[str, set[str]](set)
    for external_id, name, active in wanted.values_list("external_id", "normalised_name", "active"):
        known.add(external_id)
        if active:
            by_name[name].add(external_id)
    return {name: _one(external_key(name), known, by_name[plain]) for name, plain in names.items()}


def computers_called(console: Console, told: Iterable[str]) -> Found:
    """With one query. Names are compared without case, where the database can."""
    names = {name: name.lower() for name in told if name}
    ids = {external_key(name) for name in names}
    rows = Computer.objects.filter(console=console).order_by().annotate(low=Lower("name"))
    called = Q(low__in=set(names.values())) | Q(name__in=names)
    wanted = rows.filter(Q(external_id__in=ids) | (called & Q(active=True)))
    known: set[str] = set()
    by_name = defaultdict[str, set[str]](set)
    for external_id, name, active in wanted.values_list("external_id", "name", "active"):
        known.add(external_id)
        if active:
            by_name[name.lower()].add(external_id)
    return {name: _one(external_key(name), known, by_name[plain]) for name, plain in names.items()}


def _one(as_id: str, known: set[str], called: set[str]) -> str | None:
    if as_id in known:
        return as_id
    if len(called) > 1:
        return SEVERAL
    return next(iter(called), UNKNOWN)
