"""Customers, devices, asset data and issues as N-central shows them."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.moments import at, stamp
from integrations.sandbox.ncentral import issues
from integrations.sandbox.ncentral.constants import SERVICE_ORG
from integrations.sandbox.ncentral.world import NCentralWorld
from integrations.sandbox.world import Row

ORGANISATION = "Demo MSP"
_CONTACT = {
    "externalId2": "",
    "contactFirstName": "",
    "contactLastName": "",
    "contactEmail": "",
    "phone": "",
    "street1": "1 Quay Street",
    "street2": "",
    "city": "Portsmouth",
    "stateProv": "Hampshire",
    "country": "GB",
    "county": None,
    "postalCode": "PO1 2AB",
}


def in_milliseconds(text: str) -> str:
    """`2026-03-04T06:10:12.000Z`."""
    return f"{stamp(at(text))[:23]}Z"


def service_org() -> Row:
    named = {"soId": SERVICE_ORG, "soName": ORGANISATION, "orgUnitType": "SO", "parentId": 1}
    return {**named, "externalId": "", **_CONTACT, "isSystem": False, "isServiceOrg": True}


def customer(row: Row, *, as_text: bool) -> Row:
    return {
        "customerId": _number(row["id"], as_text),
        "customerName": row["name"],
        "orgUnitType": "CUSTOMER",
        "parentId": SERVICE_ORG,
        "externalId": f"C-{row['id']}" if row["id"] % 3 == 0 else "",
        **_CONTACT,
        "isSystem": row["system"],
        "isServiceOrg": False,
    }


def site(row: Row, *, as_text: bool) -> Row:
    return {
        "siteId": _number(row["id"], as_text),
        "siteName": row["name"],
        "orgUnitType": "SITE",
        "parentId": _number(row["customer"], as_text),
        "externalId": "",
        **_CONTACT,
        "isSystem": False,
        "isServiceOrg": False,
    }


def _number(value: Any, as_text: bool) -> Any:
    return str(value) if as_text else value


def device(central: NCentralWorld, row: Row, *, as_text: bool) -> Row:
    owner, place = central.customers.get(str(row["_customer"])), central.sites.get(str(row["_site"]))
    seen = row["lastApplianceCheckinTime"]
    return {
        **{name: value for name, value in row.items() if not name.startswith("_")},
        "orgUnitId": unit_of(row),
        "soId": SERVICE_ORG,
        "soName": ORGANISATION,
        "customerId": _number(row["_customer"], as_text) if owner else None,
        "customerName": owner["name"] if owner else None,
        "siteId": _number(row["_site"], as_text) if place else None,
        "siteName": place["name"] if place else None,
        "lastApplianceCheckinTime": in_milliseconds(seen) if seen else None,
    }


def unit_of(row: Row) -> int:
    """The unit that a device hangs on: its site, its customer or the service organisation."""
    return int(row["_site"] or row["_customer"] or SERVICE_ORG)


def assets(row: Row, held: Row | None, cards: str) -> Row:
    """All names in lower case. Of a device without an agent there is next to nothing."""
    about = {"longname": row["longName"], "deleted": "false", "deviceid": str(row["deviceId"])}
    if held is None:
        return {"data": {"device": about, "_extra": {}}}
    real = {"ipaddress": held["ip"], "macaddress": held["mac"], "gateway": "", "description": "Ethernet"}
    idle = {"ipaddress": "", "macaddress": "20:41:53:59:4E:FF", "description": "WAN Miniport"}
    system = {name: held[name] for name in ("serialnumber", "netbiosname", "model", "manufacturer")}
    found: Row = {
        "computersystem": {**system, "totalphysicalmemory": held["memory"]},
        "os": {"reportedos": held["system"], "osarchitecture": "64-bit", "version": held["version"]},
        "networkadapter": {"list": [real, idle], "wrapped": {"list": [real, idle]}, "one": real}[cards],
        "processor": {"name": "Xeon E-2314", "numberofcores": "4", "numberofcpus": "1"},
        "application": [{"displayname": "7-Zip", "version": "24.07"}],
        "device": {**about, "uri": row["uri"], "deviceclass": row["deviceClassLabel"], "lastlogin": ""},
        "_extra": {"motherboard": {"product": "0XYZ"}},
    }
    return {"data": found}


def lifecycle(held: Row | None) -> Row:
    """Warranty is three years from the day of purchase."""
    bought = held["bought"] if held else None
    ends = f"{int(bought[:4]) + 3}{bought[4:8]}01" if bought else None
    dates = {"purchaseDate": bought, "warrantyExpiryDate": ends, "leaseExpiryDate": None}
    return {"data": {**dates, "cost": None, "location": "", "assetTag": ""}, "_warning": "Preview endpoint."}


def issue(central: NCentralWorld, row: Row) -> Row:
    number, name, kind, item, _, _ = issues.SERVICES[row["kind"]]
    watched = central.devices[str(row["device"])]
    owner, place = central.customers.get(str(watched["_customer"])), central.sites.get(str(watched["_site"]))
    tree = [ORGANISATION, *(found["name"] for found in (owner, place) if found)]
    return {
        "orgUnitId": unit_of(watched),
        "deviceId": row["device"],
        "notificationState": row["state"],
        "serviceId": number,
        "serviceName": name,
        "serviceType": kind,
        "taskId": row["task"],
        "serviceItemId": row["item"],
        "_extra": {
            "deviceName": watched["longName"],
            "deviceClassLabel": watched["deviceClassLabel"],
            "deviceClassValue": watched["deviceClassLabel"],
            "transitionTime": in_milliseconds(row["since"]),
            "taskIdent": item,
            "customerTree": tree,
            "acknowledgedBy": "",
            "numberOfActiveNotification": 1,
            "psaTicketDetails": "",
            "psaIntegrationExists": False,
            "soCustomerID": SERVICE_ORG,
            "monitoringDisabled": not row["monitored"],
        },
    }


def services(central: NCentralWorld, row: Row) -> list[Row]:
    """The state of each service of a device; normal where it has no issue."""
    active = {found["kind"]: found for found in issues.of_device(central, row)}
    return [
        {
            "taskId": issues.task_of(row, kind)[0],
            "serviceId": service[0],
            "moduleName": service[1],
            "stateStatus": service[5] if kind in active else "Normal",
            "transitionTime": in_milliseconds(active[kind]["since"]) if kind in active else None,
            "taskIdent": service[3],
        }
        for kind, service in issues.SERVICES.items()
    ]
