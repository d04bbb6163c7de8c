"""Losses that the guard doubts: kept until somebody approves them, or until they have healed.

A row of `HeldLoss` belongs to one list of one credential or console. An approval lets one complete read
take away what it misses, at most as much as was looked at; more than that is held anew. Where staff keep
everything, the loss is not told again unless it grows.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from integrations.choices import Resource
from integrations.ingest.upsert import Scope, Shape
from integrations.models import (
    Company,
    Computer,
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloField,
    HaloLicence,
    HaloOption,
    HaloSite,
    HaloUser,
    HeldLoss,
    Location,
)

SERIES: Final = "series"
"""Series of events that a console's complete list does not hold any more."""
OPEN_SERIES: Final = f"{SERIES}:open"
"""Those of them of which it lists only what is open, where it lists others whole."""

_RESOURCES: Final[dict[type[Any], str]] = {
    HaloClient: Resource.CLIENTS,
    HaloSite: Resource.SITES,
    HaloUser: Resource.USERS,
    HaloAssetType: Resource.ASSET_TYPES,
    HaloField: "field",
    HaloOption: "option",
    HaloLicence: Resource.LICENCES,
    HaloAsset: Resource.ASSETS,
    Company: "companies",
    Location: "locations",
    Computer: "computers",
}
_TRIES: Final = 3


class Guard:
    """The loss guard of one list: what has been approved of it, and what is held."""

    def __init__(self, resource: str, **owner: int) -> None:
        self._owner = owner
        self._resource = resource
        self._known_row: HeldLoss | None = None

    @classmethod
    def of(cls, shape: Shape, scope: Scope) -> Guard:
        """The guard of the list that a read of these rows is."""
        kind = scope.get("kind")
        name = _RESOURCES[shape.model]
        resource = f"{name}:{kind}" if kind else name
        if (credential := scope.get("halo_credential_id")) is not None:
            return cls(resource, halo_credential_id=credential)
        console = scope["console_id"] if "console_id" in scope else scope["company__console_id"]
        return cls(resource, console_id=console)

    def approves(self, missing: int) -> bool:
        """Whether so many missing rows were approved."""
        row = self._known_row = self._rows().first()
        return row is not None and row.approved_at is not None and missing <= row.missing

    def hold(self, known: int, missing: int, reason: str) -> bool:
        """Remember that so many rows are held back; whether somebody has to decide about it.

        `approves` was asked before. An approval of fewer is void. Staff who are looking at it at this moment
        approve what they see: the row is only changed as it was found.
        """
        for _ in range(_TRIES):
            row = self._known_row
            if row is None:
                if self._insert(known, missing, reason):
                    return True
            elif self._refresh(row, known, missing, reason):
                return row.dismissed_at is None or missing > row.missing
            self._known_row = self._rows().first()
        return True

    def settle(self) -> None:
        """Nothing is held back any more. One statement that reads, where nothing was."""
        if self._rows().exists():
            self._rows().delete()

    def _rows(self) -> QuerySet[HeldLoss]:
        return HeldLoss.objects.filter(resource=self._resource, **self._owner)

    def _insert(self, known: int, missing: int, reason: str) -> bool:
        try:
            with transaction.atomic():
                HeldLoss.objects.create(
                    resource=self._resource, known=known, missing=missing, reason=reason, **self._owner
                )
        except IntegrityError:
            return False
        return True

    def _refresh(self, row: HeldLoss, known: int, missing: int, reason: str) -> bool:
        """False where somebody else has changed the row since it was read."""
        as_found = self._rows().filter(pk=row.pk, approved_at=row.approved_at, dismissed_at=row.dismissed_at)
        values: dict[str, Any] = {"known": known, "missing": missing, "reason": reason}
        grown = missing > row.missing
        if row.dismissed_at and not grown:
            # What staff decided to keep is the measure, not what a later read misses of it.
            values["missing"] = row.missing
        if row.approved_at or grown:
            values |= {"approved_at": None, "approved_by": None, "dismissed_at": None}
        if all(getattr(row, name) == value for name, value in values.items()):
            return True
        return bool(as_found.update(**values))
