"""What one user of the simulated N-central sees: all of it, or only what is the first customer's."""

from __future__ import annotations

from collections.abc import Iterator

from integrations.sandbox.ncentral import rows
from integrations.sandbox.ncentral.constants import SERVICE_ORG
from integrations.sandbox.ncentral.world import NCentralWorld
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row


class View:
    """Lists of rows as they are shown; units are given by their id as text."""

    def __init__(self, central: NCentralWorld, switches: Switches) -> None:
        self._central = central
        self._as_text = switches.ncentral_text_ids
        usual = [key for key, row in central.customers.items() if not row["system"]]
        self._customers = usual[:1] if switches.ncentral_single_customer else list(central.customers)
        self._sees_all = not switches.ncentral_single_customer

    def service_orgs(self) -> list[Row]:
        return [rows.service_org()] if self._sees_all else []

    def customers(self) -> list[Row]:
        return [rows.customer(self._central.customers[key], as_text=self._as_text) for key in self._customers]

    def sites(self, customer: str = "") -> list[Row]:
        return [
            rows.site(row, as_text=self._as_text)
            for row in self._central.sites.values()
            if str(row["customer"]) in self._customers and customer in ("", str(row["customer"]))
        ]

    def units(self) -> list[Row]:
        named = [(row, "soId", "soName") for row in self.service_orgs()]
        named += [(row, "customerId", "customerName") for row in self.customers()]
        named += [(row, "siteId", "siteName") for row in self.sites()]
        return [
            {
                "orgUnitId": row[number],
                "orgUnitName": row[name],
                "orgUnitType": row["orgUnitType"],
                "parentId": row["parentId"],
            }
            for row, number, name in named
        ]

    def children(self, unit: str) -> list[Row]:
        return [row for row in self.units() if str(row["parentId"]) == unit]

    def knows_unit(self, unit: str) -> bool:
        return any(str(row["orgUnitId"]) == unit for row in self.units())

    def devices(self, unit: str = "") -> list[Row]:
        """Those of a unit and of all below it."""
        return [rows.device(self._central, row, as_text=self._as_text) for row in self._held(unit)]

    def device(self, key: str) -> Row | None:
        """As it is held."""
        return next((row for row in self._held("") if str(row["deviceId"]) == key), None)

    def issues(self, unit: str) -> list[Row]:
        below = {row["deviceId"] for row in self._held(unit)}
        return [
            rows.issue(self._central, row) for row in self._central.issues.values() if row["device"] in below
        ]

    def _held(self, unit: str) -> Iterator[Row]:
        for row in self._central.devices.values():
            above = {str(row["_site"]), str(row["_customer"])}
            is_seen = self._sees_all or str(row["_customer"]) in self._customers
            if is_seen and (unit in ("", str(SERVICE_ORG)) or unit in above):
                yield row
