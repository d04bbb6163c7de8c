"""The read-only page at the Halo root: what Halo holds now, for people. Everything shown is escaped.

`/` shows clients, tickets with their notes and assets, newest first, all or of one client (`?client=12`);
`/ticket/<id>` one ticket; `?all=1` more than the newest rows. HaloPSA's own addresses, `/tickets?id=` and
`/assets?id=`, lead to one ticket and one asset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from werkzeug.wrappers import Request, Response

from integrations.sandbox.halo.assets import key_values
from integrations.sandbox.page_style import REFRESH, STYLE
from integrations.sandbox.world import HaloWorld, Row

SHOWN = 40
"""Rows of a table before one has to ask for all."""


class Pages:
    """`halo` gives the world as it is at the moment of the request; the caller holds the lock.

    `consoles` tells name, address and logins of each simulated console.
    """

    def __init__(
        self,
        halo: HaloWorld,
        is_down: Callable[[], str],
        consoles: Callable[[], Iterable[tuple[str, str, str]]],
    ) -> None:
        self._halo = halo
        self._is_down = is_down
        self._consoles = consoles

    def answer(self, request: Request) -> Response | None:
        """None for a path that is no page."""
        if request.method not in {"GET", "HEAD"}:
            return None
        if request.path == "/":
            return _page("What Halo holds now", self._overview(request))
        number = request.args.get("id", type=int)
        if request.path == "/tickets" and number is not None:
            return self._one_ticket(str(number))
        if request.path == "/assets" and number is not None:
            return self._one_asset(number)
        if request.path.startswith("/ticket/"):
            return self._one_ticket(request.path.removeprefix("/ticket/"))
        return None

    def _one_ticket(self, number: str) -> Response:
        ticket = self._halo.tickets.get(int(number)) if number.isdecimal() else None
        if ticket is None:
            return _page("No such ticket", "<p>There is no such ticket. <a href='/'>Back</a></p>", 404)
        body = f"<p><a href='/'>← Everything</a></p>{self._ticket(ticket, alone=True)}"
        return _page(f"Ticket {number}", body)

    def _one_asset(self, number: int) -> Response:
        asset = self._halo.assets.get(number)
        if asset is None:
            return _page("No such asset", "<p>There is no such asset. <a href='/'>Back</a></p>", 404)
        return _page(f"Asset {number}", f"<p><a href='/'>← Everything</a></p>{self._assets([asset])}")

    def _overview(self, request: Request) -> str:
        client = request.args.get("client", type=int)
        limit = 100_000 if request.args.get("all") else SHOWN
        tickets = self._newest(self._halo.tickets.values(), client)
        assets = self._newest(self._halo.assets.values(), client)
        down = (
            "<p class='warn'>This Halo is switched off: every request fails.</p>" if self._is_down() else ""
        )
        closed = sum(row["hasbeenclosed"] for row in tickets)
        return (
            f"{down}<p class='counts'>{len(self._halo.clients)} clients · {len(assets)} assets · "
            f"{len(tickets) - closed} open and {closed} closed tickets · "
            f"{len(self._halo.mails)} mails sent to end users</p>"
            f"{self._filter(client)}"
            f"{_title('Tickets')}{self._tickets(tickets[:limit])}{_more(len(tickets), limit, client)}"
            f"{_title('Assets')}{self._assets(assets[:limit])}{_more(len(assets), limit, client)}"
            f"{_title('Clients')}{self._clients()}"
            f"{_title('Consoles')}{self._logins()}"
        )

    def _logins(self) -> str:
        rows = "".join(
            f"<tr><td>{_text(title)}</td><td>{_text(url)}</td><td>{_text(sign_in)}</td></tr>"
            for title, url, sign_in in self._consoles()
        )
        return (
            "<p>Simulated as well: connect them in HaloBridge under Consoles.</p>"
            f"<table><tr><th>Console</th><th>Address</th><th>Keys</th></tr>{rows}</table>"
        )

    def _newest(self, rows: Iterable[Row], client: int | None) -> list[Row]:
        found = [row for row in rows if client in (None, row["client_id"])]
        return sorted(found, key=lambda row: (row["_updated"], row["id"]), reverse=True)

    def _clients_by_name(self) -> list[Row]:
        return sorted(self._halo.clients.values(), key=lambda row: row["name"].strip().lower())

    def _filter(self, chosen: int | None) -> str:
        options = "".join(
            f"<option value='{row['id']}'{' selected' * (row['id'] == chosen)}>{_text(row['name'])}</option>"
            for row in self._clients_by_name()
        )
        return (
            "<nav><a href='#tickets'>Tickets</a> <a href='#assets'>Assets</a> "
            "<a href='#clients'>Clients</a> <a href='#consoles'>Consoles</a></nav>"
            "<form><label>Client <select name='client'><option value=''>All clients</option>"
            f"{options}</select></label> <button>Show</button></form>"
        )

    def _tickets(self, rows: list[Row]) -> str:
        return "".join(self._ticket(row) for row in rows) or "<p>None.</p>"

    def _ticket(self, row: Row, alone: bool = False) -> str:
        halo = self._halo
        state = "deleted" if row["deleted"] else "closed" if row["hasbeenclosed"] else "open"
        status = halo.statuses.get(row["status_id"], {}).get("name", row["status_id"])
        facts = [
            halo.clients[row["client_id"]]["name"],
            halo.sites[row["site_id"]]["name"],
            halo.users.get(row["user_id"], {}).get("name", "no user"),
            halo.ticket_types.get(row["tickettype_id"], {}).get("name", "?"),
            row["team"],
            row["category_1"] or "no category",
        ]
        return (
            f"<article class='{state}'><h3><a href='/ticket/{row['id']}'>#{row['id']}</a> "
            f"{_text(row['summary'])} <span class='badge {state}'>{_text(status)}</span></h3>"
            f"<p class='facts'>{' · '.join(map(_text, facts))} · {_time(row['_updated'])}</p>"
            f"{self._linked(row)}<pre>{_text(row['details'])}</pre>{self._notes(row, alone)}</article>"
        )

    def _linked(self, row: Row) -> str:
        assets = [self._halo.assets[number] for number in row["assets"] if number in self._halo.assets]
        names = [f"{key_values(self._halo, asset)[0]} ({asset['inventory_number']})" for asset in assets]
        reference = row["supplier_reference"]
        parts = [f"Asset: {_text(name)}" for name in names]
        parts += [f"Reference: <code>{_text(reference)}</code>"] if reference else []
        return f"<p class='facts'>{' · '.join(parts)}</p>" if parts else ""

    def _notes(self, row: Row, alone: bool) -> str:
        actions = self._halo.actions.get(row["id"], [])[1:]
        if not actions:
            return ""
        items = "".join(map(_note, reversed(actions)))
        opened = " open" if alone or len(actions) <= 3 else ""
        return f"<details{opened}><summary>{len(actions)} notes</summary><ul>{items}</ul></details>"

    def _assets(self, rows: list[Row]) -> str:
        head = _head("Asset", "Tag", "Type", "Client / site", "Fields", "Changed")
        return f"<div class='wide'><table>{head}{''.join(self._asset(row) for row in rows)}</table></div>"

    def _asset(self, row: Row) -> str:
        halo = self._halo
        fields = " · ".join(
            f"<b>{_text(halo.fields[number]['name'])}</b> {_text(value)}"
            for number, value in row["fields"].items()
            if value != "" and number in halo.fields
        )
        kind = halo.asset_types.get(row["assettype_id"], {}).get("name", "?")
        place = f"{halo.clients[row['client_id']]['name']} / {halo.sites[row['site_id']]['name']}"
        gone = " <span class='badge closed'>inactive</span>" if row["inactive"] else ""
        cells = [_text(row["inventory_number"]), _text(kind), _text(place), fields, _time(row["_updated"])]
        name = f"#{row['id']} {_text(key_values(halo, row)[0])}{gone}"
        return f"<tr><td>{name}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"

    def _clients(self) -> str:
        counts: dict[int, int] = {}
        for asset in self._halo.assets.values():
            counts[asset["client_id"]] = counts.get(asset["client_id"], 0) + 1
        rows = "".join(
            f"<tr><td><a href='/?client={row['id']}'>#{row['id']} {_text(row['name'])}</a>"
            f"{' <span class=badge>inactive</span>' if row['inactive'] else ''}</td>"
            f"<td>{len(self._halo.sites_of(row['id']))}</td><td>{counts.get(row['id'], 0)}</td></tr>"
            for row in self._clients_by_name()
        )
        head = _head("Client", "Sites", "Assets")
        return f"<div class='wide'><table>{head}{rows}</table></div>"


def _note(action: Row) -> str:
    seen = "private" if action["hiddenfromuser"] else "visible to the user"
    facts = f"{_time(action['_at'])} · {_text(action['who'])} · {_text(action['outcome'])} · {seen}"
    return f"<li><span class='facts'>{facts}</span><pre>{_text(action['note'])}</pre></li>"


def _title(name: str) -> str:
    return f"<h2 id='{name.lower()}'>{name}</h2>"


def _head(*columns: str) -> str:
    return f"<tr>{''.join(f'<th>{column}</th>' for column in columns)}</tr>"


def _more(count: int, limit: int, client: int | None) -> str:
    if count <= limit:
        return ""
    query = f"client={client}&amp;all=1" if client else "all=1"
    return f"<p class='facts'>The newest {limit} of {count}. <a href='/?{query}'>Show all</a></p>"


def _text(value: Any) -> str:
    return escape(str(value))


def _time(stamp: str) -> str:
    return f"<time datetime='{stamp[:19]}Z'>{stamp[:10]} {stamp[11:19]} UTC</time>"


def _page(title: str, body: str, status: int = 200) -> Response:
    html = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{_text(title)} – simulated HaloPSA</title>"
        f"<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<meta http-equiv='refresh' content='{REFRESH}'><style>{STYLE}</style></head><body><header>"
        f"<h1>{_text(title)}</h1><p>A simulated HaloPSA. This page only shows; it reloads itself every "
        f"{REFRESH} seconds.</p></header><main>{body}</main></body></html>"
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    return Response(
        html, status, headers={"Content-Security-Policy": policy}, content_type="text/html; charset=utf-8"
    )
