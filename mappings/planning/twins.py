"""One machine that two consoles list and that has no asset yet: the plan makes one asset, not two."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from mappings.linking.evidence import ignored_values
from mappings.matching import STEP_NAMES, ComputerKeys, first_of_twins
from mappings.models import ComputerMapping
from mappings.planning.world import Scope, World


class Twins:
    """Of the computers that a plan would give an asset, which are the same machine as an earlier one."""

    def __init__(self, world: World, scope: Scope, wanted: Collection[int]) -> None:
        # One console alone has no twins; its doubles are clones, which matching holds back.
        self._found: dict[int, str] = {}
        if scope.console_id is None and wanted:
            self._look(world, scope, wanted)

    def first_of(self, computer_id: int) -> str:
        """Why this computer gets no asset of its own, or ''."""
        return self._found.get(computer_id, "")

    def _look(self, world: World, scope: Scope, wanted: Collection[int]) -> None:
        linked = ComputerMapping.objects.filter(
            computer=OuterRef("pk"), halo_credential=scope.credential, halo_asset__isnull=False
        )
        rows = scope.computers().filter(~Exists(linked), active=True).values_list(
            "pk", "console_id", "console__name", "company_id", "serial_number", "mac_addresses", "host_name",
            "name",
        )  # fmt: skip
        told: dict[int, str] = {}
        keys = []
        for pk, console_id, console, company_id, serial, macs, host, name in rows.iterator(chunk_size=2000):
            place = world.places.get(company_id or 0)
            if pk in wanted and place is not None:
                told[pk] = f"{name} of {console}"
                keys.append(
                    (console_id, ComputerKeys(pk, place.client_pk, serial, tuple(macs), host or name))
                )
        for pk, (first, (step, _)) in first_of_twins(keys, ignored_values(scope.credential)).items():
            self._found[pk] = (
                f"The same machine as {told[first]} (same {STEP_NAMES[step]}): it joins its asset, which "
                "matching links after the export."
            )
