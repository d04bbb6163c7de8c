"""A known console with another address or other keys: the same account goes on, another one is refused.

Ids of vendors are small numbers more often than not: those of another account would take over the mappings,
assets and tickets of this one without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.db import transaction

from integrations.models import Company, Computer, Console
from integrations.net.pasted import bare
from integrations.registry import connector_class

if TYPE_CHECKING:
    from integrations.connectors.base import Connector

MOST: Final = 500
"""Companies, and computers, that are compared."""
SAME: Final = 0.5
"""Share of the compared ids that have to bear the known names: another account has next to none."""
TEST_FIRST: Final = (
    "Its address or keys were changed, and nobody knows yet whether it is the same account: test it first."
)
WAYS_OUT: Final = (
    "Nothing is read, everything known stays. Enter what belongs to the former account again, add a new "
    "console for this one, or say that it is the same account."
)


def has_to_prove(console: Console) -> bool:
    """Whether what is about to be saved may lead to another account than what is known."""
    old = Console.objects.filter(pk=console.pk).first() if console.pk else None
    if old is None or not _is_read(console):
        return False
    if old.account_unproven:
        return True
    return _address_and_keys(old) != _address_and_keys(console) and _is_known(old)


def another_account(console: Console, connector: Connector) -> str:
    """Why this is another account; empty if it is the same, or if there is nothing to tell it by.

    Reads companies, and up to `MOST` computers. Raises `NetError` where these can't be read.
    """
    agreeing = compared = told = 0
    for model, records in _lists(connector):
        names = {record.external_id: record.name for record in islice(records, MOST)}
        rows = model.objects.filter(console=console, external_id__in=list(names))
        known = dict(rows.values_list("external_id", "name"))
        agreeing += sum(name.casefold() == names[key].casefold() for key, name in known.items())
        compared, told = compared + len(known), told + len(names)
    if not told or (compared and agreeing > compared * SAME):
        return ""
    found = f"{agreeing} of {compared}" if compared else "none"
    return f"This is another account: {found} of the known companies and computers are there. {WAYS_OUT}"


def read_twice(console: Console) -> list[str]:
    """A sentence for each other console that is switched on and reads the same account."""
    if not _is_read(console):
        return []
    mine = _account(console)
    others = Console.objects.filter(kind=console.kind, enabled=True).exclude(pk=console.pk).order_by("name")
    return [
        f"{other.name} reads the same account: each of its alerts may make a ticket twice. Switch one of the "
        "two off."
        for other in others
        if _account(other) == mine
    ]


def settle(console: Console) -> None:
    """It is the same account: reads go on, unless address or keys were changed again meanwhile."""
    with transaction.atomic():
        row = Console.objects.select_for_update().get(pk=console.pk)
        if row.account_unproven and _address_and_keys(row) == _address_and_keys(console):
            Console.objects.filter(pk=row.pk).update(account_unproven=False)


def _lists(connector: Connector) -> Iterator[tuple[Any, Iterator[Any]]]:
    if connector.abilities.companies:
        yield Company, iter(connector.fetch_companies())
    if connector.abilities.computers:
        yield Computer, iter(connector.fetch_computers())


def _is_read(console: Console) -> bool:
    abilities = connector_class(console.kind).abilities
    return abilities.companies or abilities.computers


def _is_known(console: Console) -> bool:
    models = (Company, Computer)
    return any(model.objects.filter(console=console).exists() for model in models)


def _address_and_keys(console: Console) -> tuple[str, dict[str, str]]:
    """What decides which account is read: settings that are chosen don't."""
    fields = connector_class(console.kind).credential_fields
    keys = {item.name: console.credentials.get(item.name, "") for item in fields if item.choices is None}
    return console.base_url.strip().rstrip("/"), keys


def _account(console: Console) -> tuple[str, list[str]]:
    """Server, and what names the account there: what is no secret, or the secrets where a kind has nothing
    else."""
    connector = connector_class(console.kind)
    needed = [item for item in connector.credential_fields if item.required]
    naming = [item for item in needed if not item.secret] or needed
    server = urlsplit(console.base_url or connector.default_base_url).netloc
    return server, [bare(console.credentials.get(item.name, "")) for item in naming]
