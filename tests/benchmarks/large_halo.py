"""A HaloPSA of any size in a process of its own: rows are computed from their number, nothing is kept.

Started as `python -m tests.benchmarks.large_halo ASSETS`; prints its root address and serves until its
standard input is closed. Envelopes, paging, the silent cap of 100 rows and `lastupdatefromdate` are those of
the reference; only reading is possible.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

CAP = 100
TYPES = (112, 113, 114)
FIELDS = {1: "Device Name", 2: "Serial Number", 3: "Model", 4: "Operating System", 61: "Bridge Id"}
Row = dict[str, Any]


def client(number: int) -> Row:
    return {
        "id": number,
        "name": f"Client {number} Ltd",
        "inactive": False,
        "datto_id": None,
        "ninjarmmid": 0,
    }


def site(number: int) -> Row:
    return {
        "id": number,
        "name": "Main",
        "client_id": float(number),
        "inactive": False,
        "maincontact_id": number,
    }


def user(number: int) -> Row:
    return {
        "id": number,
        "name": "General User",
        "site_id": float(number),
        "site_id_int": number,
        "inactive": False,
    }


def asset(number: int, with_fields: bool) -> Row:
    place = 1 + number % 500
    row: Row = {
        "id": number,
        "inventory_number": f"AST-{number:06}",
        "key_field": f"PC-{number:06}",
        "key_field2": f"5CG{number:07}",
        "client_id": place,
        "site_id": place,
        "assettype_id": TYPES[number % 3],
        "inactive": False,
        "status_id": 1,
        "warranty_end": "2027-05-01T00:00:00",
        "datto_id": "",
        "ninjarmm_id": 0,
        "use": "device",
    }
    if with_fields:
        values = (f"PC-{number:06}", f"5CG{number:07}", "EliteBook 840", "Windows 11 Pro", "")
        row["fields"] = [
            {"id": field, "name": name, "value": value, "display": value, "mandatory": False, "lookup": 0}
            for (field, name), value in zip(FIELDS.items(), values, strict=True)
        ]
    return row


def asset_type(number: int) -> Row:
    return {"id": number, "name": f"Type {number}", "assetgroup_id": 1, "keyfield_id": 1, "keyfield2_id": 2}


LISTS: dict[str, Callable[[], list[Row]]] = {
    "/api/assettype": lambda: [asset_type(number) for number in TYPES],
    "/api/field": lambda: [
        {"id": number, "name": name, "datalength": 255} for number, name in FIELDS.items()
    ],
    "/api/tickettype": lambda: [{"id": 21, "name": "Alert", "allowall_status": True}],
    "/api/status": lambda: [{"id": 1, "name": "New"}, {"id": 9, "name": "Closed"}],
    "/api/team": lambda: [{"id": 5, "name": "Monitoring"}],
}
OTHER_LISTS = ("priority", "sla", "agent", "category", "lookup", "outcome", "assetgroup", "fieldinfo")


class LargeHalo:
    def __init__(self, assets: int) -> None:
        self.sizes = {
            "client": 500,
            "site": 500,
            "users": 500,
            "asset": assets,
            "tickets": 0,
            "softwarelicence": 0,
        }
        self.requests = 0

    def answer(self, request: Request) -> Any:
        path = request.path.lower().rstrip("/")
        if path == "/auth/token":
            return {
                "access_token": "t",
                "token_type": "Bearer",
                "expires_in": 3600,
                "scope": request.form["scope"],
            }
        if path == "/api/authinfo":
            return {"auth_url": f"{request.url_root}auth", "tenant_id": ""}
        if path == "/api/agent/me":
            return {"id": 24, "name": "Bridge API", "isapiagent": True, "is_admin": False}
        if path in LISTS:
            return LISTS[path]()
        kind, _, number = path.removeprefix("/api/").partition("/")
        if kind == "assettype":
            return {**asset_type(int(number)), "fields": [{"field_id": n, "sequence": n} for n in FIELDS]}
        if kind == "asset" and number:
            return asset(int(number), True)
        return [] if kind in OTHER_LISTS else self._page(request, kind)

    def _page(self, request: Request, kind: str) -> Row:
        query = request.args
        total = 0 if "lastupdatefromdate" in query else self.sizes[kind]
        size = min(int(query.get("page_size", 50)), CAP)
        first = (int(query.get("page_no", 1)) - 1) * size
        numbers = range(first + 1, min(first + size, total) + 1)
        makers: dict[str, Callable[[int], Row]] = {"client": client, "site": site, "users": user}
        with_fields = query.get("includeassetfields") == "true"
        make = makers.get(kind, lambda n: asset(n, with_fields))
        key = {"client": "clients", "site": "sites", "softwarelicence": "licences"}.get(kind, kind)
        key = "assets" if kind == "asset" else key
        return {
            "page_no": int(query.get("page_no", 1)),
            "record_count": total,
            key: [make(n) for n in numbers],
        }

    def __call__(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        self.requests += 1
        body = {"requests": self.requests} if request.path == "/count" else self.answer(request)
        return Response(json.dumps(body), content_type="application/json")(environ, start)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: Any) -> None:
        """A thousand lines of access log help nobody."""


def main() -> None:
    server = make_server("127.0.0.1", 0, LargeHalo(int(sys.argv[1])), threaded=True, request_handler=_Quiet)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


@contextmanager
def serving(assets: int) -> Iterator[str]:
    """Root address of a HaloPSA with so many assets, in another process."""
    command = [sys.executable, "-m", "tests.benchmarks.large_halo", str(assets)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()


if __name__ == "__main__":
    main()
