"""Builders of mapped things; every test names only what it is about."""

from __future__ import annotations

from itertools import count
from typing import Any

from integrations.choices import RunKind
from integrations.models import (
    Company,
    Computer,
    Console,
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloCredential,
    HaloField,
    HaloSite,
    Plan,
    Product,
    Run,
)
from integrations.runs.request import request_run
from integrations.sync.names import normalise_name
from mappings.models import CompanyMapping, ComputerMapping, ProductMapping
from mappings.planning import plan_assets
from tests.builders import make_console, make_credential

_numbers = count(1)

NAME, SERIAL, MAKER, MODEL, SYSTEM, MAC, RACK, MARKER = 1, 2, 3, 4, 5, 8, 21, 61
FIELDS = {
    NAME: "Device Name",
    SERIAL: "Serial Number",
    MAKER: "Manufacturer",
    MODEL: "Model",
    SYSTEM: "Operating System",
    MAC: "MAC Address",
    RACK: "Rack Position",
    MARKER: "Bridge Id",
}
WORKSTATION, SERVER = 112, 113


def make_client(credential: HaloCredential, name: str = "", **values: Any) -> HaloClient:
    number = next(_numbers)
    name = name or f"Client {number}"
    defaults = {"halo_id": 1000 + number, "name": name, "normalised_name": normalise_name(name)}
    return HaloClient.objects.create(halo_credential=credential, **{**defaults, **values})


def make_site(client: HaloClient, name: str = "Main", **values: Any) -> HaloSite:
    defaults = {"halo_id": 5000 + next(_numbers), "name": name, "halo_credential": client.halo_credential}
    return HaloSite.objects.create(client=client, **{**defaults, **values})


def make_company(console: Console, name: str = "", **values: Any) -> Company:
    number = next(_numbers)
    name = name or f"Company {number}"
    defaults = {"external_id": f"c{number}", "name": name, "normalised_name": normalise_name(name)}
    return Company.objects.create(console=console, **{**defaults, **values})


def make_computer(of: Company, name: str = "", **values: Any) -> Computer:
    number = next(_numbers)
    defaults = {
        "external_id": f"d{number}",
        "name": name or f"PC{number}",
        "console": of.console,
        "company": of,
    }
    return Computer.objects.create(**{**defaults, **values})


def make_fields(credential: HaloCredential, **values: Any) -> None:
    HaloField.objects.bulk_create(
        HaloField(halo_credential=credential, halo_id=number, name=name, data_length=255, **values)
        for number, name in FIELDS.items()
    )


def make_asset_type(
    credential: HaloCredential, halo_id: int = WORKSTATION, name: str = "Workstation", **values: Any
) -> HaloAssetType:
    defaults = {"key_field_ids": [NAME, SERIAL], "field_ids": list(FIELDS)}
    return HaloAssetType.objects.create(
        halo_credential=credential, halo_id=halo_id, name=name, **{**defaults, **values}
    )


def make_asset(client: HaloClient, holds: dict[int, str] | None = None, **values: Any) -> HaloAsset:
    number = next(_numbers)
    held = {str(key): value for key, value in (holds or {}).items()}
    kind = HaloAssetType.objects.filter(halo_credential=client.halo_credential).order_by("pk").first()
    defaults = {
        "halo_id": 100_000 + number,
        "name": held.get(str(NAME), f"Asset {number}"),
        "key_field2": held.get(str(SERIAL), ""),
        "inventory_number": f"TAG-{number}",
        "asset_type": kind,
        "fields": held,
    }
    return HaloAsset.objects.create(
        halo_credential=client.halo_credential, client=client, **{**defaults, **values}
    )


class Scene:
    """A credential, a console with one mapped company, a product that makes workstations."""

    def __init__(
        self, *, computers: int = 0, marker: bool = False, kind: str = "push", **credential: Any
    ) -> None:
        self.credential = make_credential(**credential)
        if marker:
            self.credential.instance.marker_field_id = MARKER
            self.credential.instance.save()
        self.console = make_console(kind=kind)
        make_fields(self.credential)
        self.type = make_asset_type(self.credential)
        self.client = make_client(self.credential, "Alder Dental Group")
        self.site = make_site(self.client)
        self.company = make_company(self.console, "Alder Dental")
        self.mapping = self.map(self.company, self.client, self.site)
        self.product = Product.objects.create(console=self.console, name="Desktop")
        ProductMapping.objects.create(
            console=self.console,
            product=self.product,
            halo_credential=self.credential,
            asset_type=WORKSTATION,
        )
        self.add_computers(computers)

    def map(self, company: Company, client: HaloClient, site: HaloSite | None) -> CompanyMapping:
        return CompanyMapping.objects.create(
            company=company, halo_credential=self.credential, halo_client=client, halo_site=site
        )

    def computer(self, name: str = "", **values: Any) -> Computer:
        return make_computer(self.company, name, **{"product": self.product, **values})

    def add_computers(self, number: int) -> None:
        Computer.objects.bulk_create(
            Computer(
                console=self.console,
                company=self.company,
                external_id=f"n{place:05}",
                name=f"ALD-PC{place:05}",
                serial_number=f"5CG{place:07}X",
                os_name="Windows 11 Pro",
                product=self.product,
            )
            for place in range(number)
        )

    def link(self, computer: Computer, asset: HaloAsset | None, **values: Any) -> ComputerMapping:
        return ComputerMapping.objects.create(
            computer=computer, halo_credential=self.credential, halo_asset=asset, **values
        )

    def credential_types(self) -> dict[int, HaloAssetType]:
        return {row.halo_id: row for row in HaloAssetType.objects.filter(halo_credential=self.credential)}

    def plan(self, **values: Any) -> Plan:
        defaults = {"halo_credential": self.credential, "console": self.console}
        plan = Plan.objects.create(**{**defaults, **values})
        plan_assets(plan)
        return plan

    def run(self, plan: Plan, **parameters: Any) -> Run:
        return request_run(
            RunKind.APPLY_ASSETS, plan=plan, halo_credential=self.credential, parameters=parameters
        )


def rows_of(plan: Plan, action: str = "") -> list[tuple[str, str, str]]:
    """(action, subject, reason) of a plan's rows."""
    rows = plan.changes.filter(action=action) if action else plan.changes.all()
    return list(rows.values_list("action", "subject", "reason"))
