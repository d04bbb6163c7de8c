"""How each kind of gap is found: one statement over the tables, read as a stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any, Final

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from integrations.choices import ConsolePurpose
from mappings.gaps.keys import host_key, lowered, with_serial_key
from mappings.gaps.purposes import could_take, is_served, may_serve, serves
from mappings.gaps.scope import Looking, assets_of, computer_types, computers_of, with_halo
from mappings.models import CompanyMapping, ComputerMapping, ComputerReview, GapKind

SHORTEST_UNSEEN: Final = 7
"""Days: whoever was away for less is on holiday. Pages narrow to as many days as staff choose."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finder:
    """`rows`: the query, or None where the question makes no sense; `more`: what `reason` reads of a row.

    `first`: of several computers that are one machine the least tells of it.
    """

    rows: Callable[[Looking], Any]
    reason: Callable[[Row], str]
    more: tuple[str, ...] = ()
    of_assets: bool = False
    first: Callable[[Row], Any] = itemgetter("pk")


# ---- computers ------------------------------------------------------------------------------


def _not_in_halo(look: Looking) -> Any:
    """Also of companies that are not mapped: mapping them is what mends it."""
    linked = ComputerMapping.objects.filter(
        computer=OuterRef("pk"), halo_credential=look.credential, halo_asset__active=True
    )
    reviews = ComputerReview.objects.filter(
        computer=OuterRef("pk"), halo_credential=look.credential, decided_at__isnull=True
    )
    rows = with_halo(computers_of(look.credential), look.credential).filter(~Exists(linked), eligible=True)
    return rows.annotate(review=Subquery(reviews.values("reason")[:1]), pair_is_held=F("own__held"))


def _why_not_in_halo(row: Row) -> str:
    if row["company_id"] is None:
        return "The console does not say which company it belongs to."
    if row["in_client"] is None:
        return "Its company is not mapped to a Halo client."
    if row["pair_is_held"]:
        return "Held after an undo: no export looks after it until it is released."
    if row["paired_asset"] is not None:
        return "Its asset is inactive in HaloPSA."
    if row["review"] is not None:
        return f"It waits for a decision: {row['review']}"
    if row["pair"] is not None:
        return "It is to be exported; no export has made its asset yet."
    return "No asset is linked with it."


def _two_companies(look: Looking) -> Any:
    """One serial number with different clients, or with different companies of one console.

    Several companies may share a client (sites of a console): that is one place. Companies of different
    consoles can only be told apart once both are mapped.
    """
    rows = with_halo(computers_of(look.credential).filter(company__isnull=False), look.credential)
    rows = with_serial_key(rows, look.computer_junk).filter(~Q(serial_key=""))
    unmapped = ExpressionWrapper(F("company_id") * -1, output_field=BigIntegerField())
    everywhere, of_console = [F("serial_key")], [F("console_id"), F("serial_key")]
    return (
        rows.annotate(owner=Coalesce(F("in_client"), unmapped))
        .annotate(
            least_client=Window(Min("in_client"), partition_by=everywhere),
            most_client=Window(Max("in_client"), partition_by=everywhere),
            least_owner=Window(Min("owner"), partition_by=of_console),
            most_owner=Window(Max("owner"), partition_by=of_console),
            least_name=Window(Min("company__name"), partition_by=everywhere),
            most_name=Window(Max("company__name"), partition_by=everywhere),
            least_console=Window(Min("console__name"), partition_by=everywhere),
            most_console=Window(Max("console__name"), partition_by=everywhere),
        )
        .annotate(
            apart=Case(
                When(least_owner__lt=F("most_owner"), then=Value(1)),
                When(in_client__isnull=False, least_client__lt=F("most_client"), then=Value(1)),
                default=Value(0),
                output_field=IntegerField(),
            )
        )
        .filter(apart=1)
    )


def _why_two_companies(row: Row) -> str:
    other, console = _another(row, "company__name", "name"), _another(row, "console__name", "console")
    if other == row["company__name"]:
        other = f"another {other} (in {console})"
    return f"A computer of {other} has the same serial number {row['serial_number'].strip()}."


def _another(row: Row, own: str, kind: str) -> str:
    """Of those that have the serial number; its own where all have the same."""
    names: list[str] = [row[f"least_{kind}"], row[f"most_{kind}"]]
    return next((name for name in names if name != row[own]), names[0])


def _served_only(look: Looking, own: ConsolePurpose, other: ConsolePurpose) -> Any:
    """Computers of mapped clients that one purpose serves and the other does not.

    The same machine in another console is the one with the same asset, serial number or host name within
    its client. Asked only where some console serves the other purpose at all, of what it could serve.
    """
    if not is_served(look.kinds, other):
        return None
    rows = with_halo(computers_of(look.credential), look.credential).filter(in_client__isnull=False)
    rows = with_serial_key(rows, look.computer_junk).annotate(
        host_key=host_key(),
        has_own=_flag(serves(look.kinds, own) & could_take(look.kinds, other)),
        has_other=_flag(may_serve(look.kinds, other)),
    )
    by_asset, by_serial, by_host = (
        Window(Sum("has_other"), partition_by=[F(key) for key in keys])
        for keys in (["paired_asset"], ["in_client", "serial_key"], ["in_client", "host_key"])
    )
    met = (
        _unless(Q(paired_asset__isnull=True), by_asset)
        + _unless(Q(serial_key=""), by_serial)
        + _unless(Q(host_key=""), by_host)
    )
    # What the filter needs of the row itself goes into the sum: as a condition of its own the database would
    # leave the other console's rows out before it adds up.
    return rows.annotate(met=met + F("has_other") + 1 - F("has_own")).filter(met=0)


def _unless(condition: Q, number: Any) -> Case:
    return Case(When(condition, then=Value(0)), default=number, output_field=IntegerField())


def _flag(condition: Q) -> Any:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _not_seen(look: Looking) -> Any:
    before = look.now - timedelta(days=SHORTEST_UNSEEN)
    return with_halo(computers_of(look.credential), look.credential).filter(last_seen__lte=before)


def _since_when(row: Row) -> str:
    return f"The console saw it last on {timezone.localtime(row['last_seen']):%Y-%m-%d}."


# ---- assets ---------------------------------------------------------------------------------


def _not_in_console(look: Looking) -> Any:
    pairs = ComputerMapping.objects.filter(halo_asset=OuterRef("pk"))
    mapped = CompanyMapping.objects.filter(halo_client=OuterRef("client"))
    return (
        assets_of(look.credential)
        .filter(~Exists(pairs.filter(computer__active=True)), asset_type__in=computer_types(look.credential))
        .annotate(had_computer=Exists(pairs), client_is_mapped=Exists(mapped))
    )


def _why_not_in_console(row: Row) -> str:
    if row["had_computer"]:
        return "The computer that it stood for is gone from its console."
    if row["client_is_mapped"]:
        return "No computer of its client is linked with it."
    return "Its client is mapped to no company of a console."


def _double_asset(look: Looking) -> Any:
    """The same serial number or, among computers, the same name within one client."""
    rows = with_serial_key(assets_of(look.credential).filter(client__isnull=False), look.asset_junk)
    types = computer_types(look.credential)
    rows = rows.annotate(name_key=Case(When(asset_type__in=types, then=lowered("name")), default=Value("")))
    of_serial = Window(Count("pk"), partition_by=[F("client_id"), F("serial_key")])
    of_name = Window(Count("pk"), partition_by=[F("client_id"), F("name_key")])
    rows = rows.annotate(
        same_serial=_unless(Q(serial_key=""), of_serial), same_name=_unless(Q(name_key=""), of_name)
    )
    return rows.annotate(most=Greatest(F("same_serial"), F("same_name"), output_field=IntegerField())).filter(
        most__gt=1
    )


def _why_double(row: Row) -> str:
    if row["same_serial"] > 1:
        number = row["serial_number"].strip()
        return f"{row['same_serial']} active assets of the client have the serial number {number}."
    return f"{row['same_name']} active assets of the client have the name {row['name'].strip()}."


FINDERS: Final[dict[GapKind, Finder]] = {
    GapKind.NOT_IN_HALO: Finder(
        _not_in_halo, _why_not_in_halo, ("pair", "pair_is_held", "paired_asset", "review")
    ),
    GapKind.NOT_IN_CONSOLE: Finder(
        _not_in_console, _why_not_in_console, ("had_computer", "client_is_mapped"), of_assets=True
    ),
    GapKind.TWO_COMPANIES: Finder(
        _two_companies,
        _why_two_companies,
        (
            *("company__name", "console__name", "least_name", "most_name"),
            *("least_console", "most_console", "serial_number"),
        ),
    ),
    GapKind.BACKUP_ONLY: Finder(
        lambda look: _served_only(look, ConsolePurpose.BACKUP, ConsolePurpose.RMM),
        lambda row: "It is backed up, but no RMM console of its client has it.",
    ),
    GapKind.RMM_ONLY: Finder(
        lambda look: _served_only(look, ConsolePurpose.RMM, ConsolePurpose.BACKUP),
        lambda row: "It is managed, but no backup console of its client has it.",
    ),
    GapKind.NOT_SEEN: Finder(_not_seen, _since_when, first=itemgetter("last_seen", "pk")),
    GapKind.DOUBLE_ASSET: Finder(
        _double_asset, _why_double, ("same_serial", "same_name", "serial_number"), of_assets=True
    ),
}
