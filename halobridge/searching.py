"""Search from every page: pages of the navigation, companies, clients, computers, assets, tickets and events.

Computers and assets are searched from the beginning of names, what is said of tickets and events anywhere in
it: an index serves both. A kind may be named first (`device WS-12`, `customer Acme`, `ticket 4711`). Nobody
finds what they may not see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from unfold.dataclasses import SearchResult

from halobridge.sidebar import NAVIGATION
from integrations.models import Company, Computer, Event, HaloAsset, HaloClient
from ticketing.models import Ticket

MOST = 6
"""Rows of one kind: who types one more letter finds the others."""
MOST_OF_ONE = 25
"""Where only one kind is searched."""
LONGEST = 100
EVENTS_SINCE = timedelta(days=7)
LARGEST = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be found. `words` narrow the search to it; `told` is what the result says beside the name."""

    name: str
    words: Sequence[str]
    icon: str
    permission: str
    rows: Callable[[str], QuerySet[Any]]
    told: Callable[[Any], Sequence[object]]


def _begins(text: str, *fields: str) -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__istartswith": text})
    return found


def _companies(text: str) -> QuerySet[Any]:
    rows = Company.objects.filter(Q(name__icontains=text) | _begins(text, "domain", "account_number"))
    return rows.select_related("console").order_by("-active", "name")


def _clients(text: str) -> QuerySet[Any]:
    rows = HaloClient.objects.filter(Q(name__icontains=text) | _begins(text, "domain", "reference"))
    return rows.select_related("halo_credential").order_by("-active", "name")


def _computers(text: str) -> QuerySet[Any]:
    rows = Computer.objects.filter(_begins(text, "name", "host_name", "serial_number"))
    return rows.select_related("company", "console").order_by("name", "-pk")


def _assets(text: str) -> QuerySet[Any]:
    rows = HaloAsset.objects.filter(_begins(text, "name", "inventory_number", "serial_number"))
    return (
        rows.defer("fields", "custom_fields").select_related("client", "asset_type").order_by("name", "-pk")
    )


def _tickets(text: str) -> QuerySet[Any]:
    number = text.lstrip("#")
    by_number = Q(halo_id=int(number)) if number.isdecimal() and int(number) <= LARGEST else Q()
    rows = Ticket.objects.filter(Q(summary__icontains=text) | Q(marker__iexact=text) | by_number)
    return rows.select_related("company").order_by("-pk")


def _events(text: str) -> QuerySet[Any]:
    """Titles of the last days only: of the others there are too many."""
    rows = Event.objects.filter(title__icontains=text, received_at__gte=timezone.now() - EVENTS_SINCE)
    return (
        rows.defer("raw", "message", "findings")
        .select_related("company", "computer")
        .order_by("-received_at")
    )


KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        "Company",
        ("company", "companies"),
        "domain",
        "integrations.view_company",
        _companies,
        lambda row: (row.console, "" if row.active else "gone"),
    ),
    Kind(
        "Halo client [customer]",
        ("client", "clients", "customer", "customers"),
        "groups",
        "integrations.view_haloclient",
        _clients,
        lambda row: (row.halo_credential, "" if row.active else "inactive"),
    ),
    Kind(
        "Computer",
        ("computer", "computers", "device", "devices"),
        "computer",
        "integrations.view_computer",
        _computers,
        lambda row: (row.company or "", row.console, row.serial_number, "" if row.active else "gone"),
    ),
    Kind(
        "Halo asset",
        ("asset", "assets"),
        "devices",
        "integrations.view_haloasset",
        _assets,
        lambda row: (row.client or "", row.asset_type or "", row.inventory_number, row.serial_number),
    ),
    Kind(
        "Ticket",
        ("ticket", "tickets"),
        "confirmation_number",
        "ticketing.view_ticket",
        _tickets,
        lambda row: (row.company or "", row.get_state_display()),
    ),
    Kind(
        "Event",
        ("event", "events"),
        "notifications",
        "integrations.view_event",
        _events,
        lambda row: (row.company or "", row.computer or "", row.get_state_display()),
    ),
)


def search(request: HttpRequest, text: str) -> list[SearchResult]:
    """Pages first, then rows; one statement for each kind that the person may see."""
    text = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if not text:
        return []
    return [*_pages(request, text), *_rows(request, text)]


def _rows(request: HttpRequest, text: str) -> Iterator[SearchResult]:
    first, _, rest = text.partition(" ")
    named = [kind for kind in KINDS if first.lower() in kind.words] if rest else []
    words, most = (rest, MOST_OF_ONE) if named else (text, MOST)
    for kind in named or KINDS:
        if not request.user.has_perm(kind.permission):
            continue
        for row in kind.rows(words)[:most]:
            about = ", ".join(str(part) for part in kind.told(row) if part)
            told = f"{kind.name}: {about}" if about else kind.name
            yield SearchResult(str(row), told, _address(row), kind.icon)


def _address(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.pk,))


def _pages(request: HttpRequest, text: str) -> Iterator[SearchResult]:
    """Places of the navigation, by a word of their title or the other word that people use for it."""
    wanted = {text.lower(), *(kind.words[0] for kind in KINDS if text.lower() in kind.words)}
    begins = re.compile("|".join(rf"\b{re.escape(word)}" for word in sorted(wanted)), re.IGNORECASE)
    for group in NAVIGATION:
        for item in group["items"]:
            may = item.get("permission")
            if begins.search(item["title"]) and (may is None or may(request)):
                yield SearchResult(item["title"], group["title"] or "Page", str(item["link"]), item["icon"])
