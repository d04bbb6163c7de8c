"""When an asset of ours is made inactive, when it comes back, and what is written for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Max

from integrations.choices import ChangeKind, OptionKind, Resource
from integrations.models import HaloChange, HaloCredential, HaloOption
from mappings.models import AssetRules, ComputerMapping

Sides = tuple[dict[str, Any], dict[str, Any]]
"""What a change says of an asset's activity and status, before and after."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The rules of a credential. `woken`: when somebody made an asset active in HaloPSA, by Halo's id."""

    grace: timedelta
    reactivate: bool
    gone_status: int | None
    statuses: Mapping[int, str]
    woken: Callable[[], dict[int, datetime]]

    def retire(self, status_id: int | None) -> Sides:
        before, after = {"inactive": False}, {"inactive": True}
        return self.with_status((before, after), status_id, self.gone_status)

    def bring_back(self, status_id: int | None, status_before: int | None) -> Sides:
        """Active again; the status that it had comes back too, unless somebody changed it since."""
        before, after = {"inactive": True}, {"inactive": False}
        wanted = status_before if status_id == self.gone_status else None
        return self.with_status((before, after), status_id, wanted)

    def may_bring_back(self, halo_id: int, retired_at: datetime | None) -> bool:
        """Whether it is us who made it inactive, and nobody decided otherwise in HaloPSA since."""
        if not self.reactivate or retired_at is None:
            return False
        woken = self.woken().get(halo_id)
        return woken is None or woken <= retired_at

    def with_status(self, sides: Sides, status_id: int | None, wanted: int | None) -> Sides:
        before, after = sides
        if wanted is None or wanted == status_id:
            return sides
        return {**before, **self._status(status_id)}, {**after, **self._status(wanted)}

    def _status(self, status_id: int | None) -> dict[str, Any]:
        name = self.statuses.get(status_id, f"#{status_id}") if status_id is not None else "none"
        return {"status_id": status_id, "status_name": name}


def read_lifecycle(credential: HaloCredential, statuses: Mapping[int, str] | None = None) -> Lifecycle:
    """One statement, one more for the names of statuses where they are not given, and one more when the first
    asset is judged that may come back."""
    rules = AssetRules.objects.filter(halo_credential=credential).first() or AssetRules()
    return Lifecycle(
        grace=timedelta(days=rules.grace_days),
        reactivate=rules.reactivate,
        gone_status=rules.gone_status,
        statuses=_statuses(credential) if statuses is None else statuses,
        woken=cache(lambda: _woken(credential)),
    )


def _statuses(credential: HaloCredential) -> dict[int, str]:
    options = HaloOption.objects.filter(halo_credential=credential, kind=OptionKind.ASSET_STATUS)
    return {int(number): name for number, name in options.values_list("halo_id", "name") if number.isdigit()}


def _woken(credential: HaloCredential) -> dict[int, datetime]:
    retired = ComputerMapping.objects.filter(halo_credential=credential, retired_at__isnull=False)
    woken = HaloChange.objects.filter(
        halo_credential=credential,
        resource=Resource.ASSETS,
        kind=ChangeKind.REACTIVATED,
        halo_id__in=retired.values("halo_asset__halo_id"),
    )
    return dict(woken.order_by().values_list("halo_id").annotate(at=Max("noticed_at")))
