"""The RMM API: host and summary with its alerts per computer, by hid, with a static bearer token. Read only.

MSP360 API: every answer is `{data: [{header, data: [record]}], aggregations, total}`; the manufacturer is
spelled `manufactured`, memory is a string.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.constants import RMM_TOKEN
from integrations.sandbox.moments import in_seconds
from integrations.sandbox.msp360.alerts import of_computer
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World


class RmmApplication:
    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        self._world = world
        self._switches = switches
        self._clock = clock
        self._lock = lock

    def answer(self, request: Request) -> Response:
        parts = [part.lower() for part in request.path.split("/") if part]
        if request.headers.get("Authorization", "") != f"Bearer {RMM_TOKEN}":
            return _shown({"title": "Unauthorized", "status": 401}, 401)
        if request.method != "GET":
            return _shown({"title": "Method Not Allowed", "status": 405}, 405)
        if parts[:3] != ["api", "v1", "computers"]:
            return _shown({"title": "Not Found", "status": 404}, 404)
        with self._lock:
            return self._fleet(request, parts) if len(parts) == 6 else self._computer(parts)

    def _computer(self, parts: list[str]) -> Response:
        """`/api/v1/computers/{hid}/stat/{kind}/latest`: nothing for a computer without RMM agent."""
        if len(parts) != 7 or parts[4] != "stat" or parts[6] != "latest" or parts[5] not in _KINDS:
            return _shown({"title": "Not Found", "status": 404}, 404)
        host = self._world.console.hosts.get(parts[3])
        if host is None:
            return _shown({"data": [], "aggregations": None, "total": 0}, 200)
        now = in_seconds(self._clock.stamp())
        entry = {
            "id": f"st-{parts[3][:8]}",
            "time": now,
            "storageGuid": None,
            "taskId": None,
            "header": _header(parts[3], parts[5], host, now),
            "data": [self._record(parts[5], parts[3])],
        }
        return _shown({"data": [entry], "aggregations": None, "total": 1}, 200)

    def _fleet(self, request: Request, parts: list[str]) -> Response:
        """`/api/v1/computers/stat/{kind}/latest`: records without owner. Pages count from 0."""
        if parts[3] != "stat" or parts[5] != "latest" or parts[4] not in _KINDS:
            return _shown({"title": "Not Found", "status": 404}, 404)
        page = max(0, request.args.get("pageNumber", 0, type=int))
        size = max(1, request.args.get("pageSize", 100, type=int))
        hids = list(self._world.console.hosts)
        items = [self._record(parts[4], hid) for hid in hids[page * size : (page + 1) * size]]
        return _shown({"items": items, "total": len(hids), "pageNumber": page, "pageSize": size}, 200)

    def _record(self, kind: str, hid: str) -> Row:
        console = self._world.console
        if kind == "host":
            return _host(console.hosts[hid])
        alerts = [_alert(row) for row in of_computer(console, hid)]
        return _summary(alerts if alerts or not self._switches.msp360_null_alerts else None)


def _header(hid: str, kind: str, host: Row, now: str) -> Row:
    return {
        "ownerId": "prov-1",
        "hid": hid,
        "computerName": host["computerName"],
        "utcTime": now,
        "localUtcTime": now,
        "utcOffsetInMinutes": 0,
        "version": "1.6",
        "plugin": {"name": kind, "version": "1.6"},
    }


def _host(host: Row) -> Row:
    copied = (
        "computerName osName osType productType version userName domainName serialNumber model manufactured"
    )
    return {
        **{name: host[name] for name in copied.split()},
        "x64": True,
        "network": {"ip4Address": host["ip4Address"], "ip6Address": None, "macAddress": host["macAddress"]},
        "lastBoot": in_seconds(host["lastBoot"]),
        "vm": {
            "isVirtual": str(host["virtual"]),
            "vendor": host["manufactured"] if host["virtual"] else None,
        },
        "cpuName": "Xeon Silver 4310" if host["productType"] == "Server" else "Core i5-1145G7",
        "coresCount": 4,
        "totalPhysicalMemory": str(host["memory"]),
        "computerState": 0,
    }


def _summary(alerts: list[Row] | None) -> Row:
    block: Row = {"title": "", "state": "Healthy", "value": None, "description": None, "extData": []}
    names = ["cpu", "ram", "hdd", "antivirus", "update", "eventLog", "smart", "systemTime", "temperature"]
    blocks = {name: {**block, "title": name} for name in names}
    states = [row["state"] for row in alerts or [] if row["isLiveAlert"]]
    worst = next((state for state in ("Offline", "Problem", "Warning") if state in states), "Healthy")
    return {**blocks, "computerState": worst, "alerts": alerts}


def _alert(row: Row) -> Row:
    shown = {name: value for name, value in row.items() if not name.startswith("_")}
    times = {name: in_seconds(shown[name]) for name in ("beginUtcTime", "endUtcTime") if shown[name]}
    return {**shown, **times}


_KINDS = frozenset({"host", "summary"})


def _shown(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")
