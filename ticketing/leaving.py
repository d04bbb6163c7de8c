"""What the bridge has made in HaloPSA and what stays there, for whoever wants to do without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count

from integrations.choices import IntentionKind, IntentionState
from integrations.models import HaloAsset, HaloCredential, HaloField, Intention, LostTicket
from mappings.models import CompanyMapping, ComputerMapping, SheetAsset
from mappings.planning.offboarding import retired_by_offboarding
from ticketing.models import Ticket, TicketState
from ticketing.planning.offboarding import closed_by_offboarding

OPEN: Final = (
    TicketState.OPEN,
    TicketState.CLOSING,
    TicketState.REOPENING,
    TicketState.STAFF,
)
ASSETS_STAY: Final = (
    "The clean-up leaves them active: mapping held, computer ignored, company not mapped any more, or of two "
    "companies. Its previews say which; make them inactive by hand."
)
TICKETS_STAY: Final = (
    "The clean-up leaves them open: waiting for staff, just being closed, a test, without an alert or "
    "closing status, or of a company that is not mapped any more or may not be told. Close them by hand."
)


@dataclass(frozen=True, slots=True)
class Left:
    """`what` is there, `number` times; `to_do` says what becomes of it and what is left to people."""

    credential: str
    what: str
    number: int
    to_do: str


def what_is_left() -> Iterator[Left]:
    """By credential. A fixed number of statements for each; nothing is read from HaloPSA."""
    for credential in HaloCredential.objects.select_related("instance").order_by("name"):
        for found in (*_assets(credential), *_tickets(credential), *_set_up(credential)):
            if found.number:
                yield found


def _assets(credential: HaloCredential) -> Iterator[Left]:
    name = credential.name
    mapped = ComputerMapping.objects.filter(halo_credential=credential, halo_asset__isnull=False)
    made = mapped.filter(created_by_us=True)

    def distinct(**of_asset: Any) -> int:
        return made.filter(**of_asset).values("halo_asset").distinct().count()

    taken = retired_by_offboarding(credential.pk).count()
    yield Left(name, "active assets created from computers", taken, "The clean-up makes them inactive.")
    others = distinct(halo_asset__active=True) - taken
    yield Left(name, "other active assets created from computers", others, ASSETS_STAY)
    inactive = distinct(halo_asset__active=False)
    yield Left(name, "inactive assets created from computers", inactive, "They stay inactive.")
    sheets = SheetAsset.objects.filter(plan__halo_credential=credential, halo_asset__active=True)
    written = sheets.values("halo_asset").distinct().count()
    yield Left(name, "active assets created or changed by imported sheets", written, "They stay as they are.")
    linked = mapped.exclude(halo_asset__in=made.values("halo_asset")).values("halo_asset").distinct().count()
    yield Left(
        name, "assets merely linked", linked, "They stay as they are; changed fields keep their values."
    )
    yield _references(credential)


def _references(credential: HaloCredential) -> Left:
    """Only assets whose stored field holds a reference: without a marker field there is none."""
    field_id = credential.instance.marker_field_id
    rows = HaloField.objects.filter(halo_credential=credential, kind="asset", halo_id=field_id or 0)
    field = rows.values_list("name", flat=True).first() or f"#{field_id}"
    held = HaloAsset.objects.filter(halo_credential=credential, **{f"fields__{field_id}__startswith": "HB-"})
    to_do = f"They are in the asset field “{field}”: take it off the asset types in HaloPSA."
    return Left(credential.name, "bridge references of assets", held.count() if field_id else 0, to_do)


def _tickets(credential: HaloCredential) -> Iterator[Left]:
    name = credential.name
    rows = Ticket.objects.filter(halo_credential=credential, halo_id__isnull=False)
    counted = rows.order_by().values_list("state").annotate(number=Count("pk"))
    states = dict(counted.values_list("state", "number"))
    still_open = sum(states.get(state, 0) for state in OPEN)
    closed = closed_by_offboarding(credential.pk).filter(halo_id__isnull=False).count()
    yield Left(name, "open tickets", closed, "The clean-up closes them with a note.")
    yield Left(name, "other open tickets", still_open - closed, TICKETS_STAY)
    rest = sum(states.values()) - still_open
    yield Left(
        name, "tickets closed or left to people", rest, "They stay, with the history of what happened."
    )
    marked = "Each ticket keeps its reference in the field Supplier Reference and at the end of its text."
    yield Left(name, "bridge references of tickets", sum(states.values()), marked)
    lost = LostTicket.objects.filter(halo_credential=credential, adopted_at__isnull=True).count()
    yield Left(
        name, "tickets from after a backup that are not known", lost, "Look at them in HaloPSA by hand."
    )


def _set_up(credential: HaloCredential) -> Iterator[Left]:
    name = credential.name
    types = Intention.objects.filter(
        halo_credential=credential, kind=IntentionKind.CREATE_ASSET_TYPE, state=IntentionState.DONE
    )
    yield Left(name, "asset types created", types.count(), "They stay: assets are of them.")
    hooks = int(bool(credential.hook_token_digest))
    to_do = "Delete it in HaloPSA: Configuration > Integrations > Webhooks, the one with /hooks/halo/."
    yield Left(name, "webhook address", hooks, to_do)
    to_do = "Delete it in HaloPSA: Configuration > Integrations > HaloPSA API; then its Halo agent."
    yield Left(name, "API application", 1, to_do)
    mappings = CompanyMapping.objects.in_use().filter(halo_credential=credential)
    yield Left(name, "companies that the clean-up offboards", mappings.count(), "uninstall_report --clean-up")
