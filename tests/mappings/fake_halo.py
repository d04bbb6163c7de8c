"""A HaloPSA in memory, handed over as reader and writer: the one place where the network is replaced."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.choices import Answer, RunKind
from integrations.halo.asset_details import dates_of
from integrations.models import OPEN_STATES, HaloAsset, Run, Step
from integrations.records import AssetFieldValue, AssetRecord, AssetTypeRecord, WriteAnswer
from integrations.runs.steps import work
from mappings.apply import apply_plan

PAGE = 100
DATES = ("warranty_start", "warranty_end", "supplier_purchasedate")
Payload = Mapping[str, Any]


class Killed(BaseException):
    """The worker died here, as by `kill -9`: nothing may tidy up after it."""


class FakeHalo:
    """Holds assets by id. `faults` are taken one per write: each gets the payloads and a function that
    executes them; what it returns is the answer. Without a fault the write is done and answered.
    """

    def __init__(self) -> None:
        self.assets: dict[int, dict[str, Any]] = {}
        self.types: dict[int, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.faults: list[Callable[..., WriteAnswer]] = []
        self.read_faults: list[Exception] = []
        self.refuses: Callable[[Payload], str] = lambda payload: ""
        self.list_leaves_out: set[str] = set()
        self.ignores_returnall = False
        self.lists_deny_custom_fields = False
        self.choices: dict[tuple[int, str], str] = {}
        self.clock_behind = timedelta()
        self._next = 900_000

    # ---- what it holds ----------------------------------------------------------------------

    def adopt_mirror(self) -> FakeHalo:
        """Hold what the mirror says, as after a sync."""
        for row in HaloAsset.objects.select_related("client", "site", "asset_type"):
            self.assets[row.halo_id] = {
                "client_id": row.client.halo_id if row.client else 0,
                "assettype_id": row.asset_type.halo_id if row.asset_type else 0,
                "site_id": row.site.halo_id if row.site else None,
                "inventory_number": row.inventory_number,
                "fields": dict(row.fields or {}),
                "inactive": not row.active,
                "updated": self.now(),
                "customfields": [
                    {"id": int(number), "value": self._stored(int(number), shown)}
                    for number, shown in (row.custom_fields or {}).items()
                ],
                **row.properties,
                "status_id": row.status_id,
            }
        return self

    def now(self) -> datetime:
        """By Halo's own clock."""
        return timezone.now() - self.clock_behind

    def writes(self) -> list[str]:
        return [call for call in self.calls if call.startswith("write")]

    def reads(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("write")]

    def tags(self) -> list[str]:
        return sorted(asset["inventory_number"] for asset in self.assets.values())

    # ---- writer -----------------------------------------------------------------------------

    def send_asset(self, payload: Payload) -> WriteAnswer:
        return self._write([payload])

    def send_assets(self, payloads: Sequence[Payload]) -> WriteAnswer:
        return self._write(list(payloads))

    def _write(self, payloads: list[Payload]) -> WriteAnswer:
        self.calls.append(f"write {len(payloads)}")
        if self.faults:
            return self.faults.pop(0)(payloads, self.execute)
        return self.answer(payloads)

    def answer(self, payloads: list[Payload]) -> WriteAnswer:
        words = next(filter(None, (self.refuses(payload) for payload in payloads)), "")
        if words:
            return WriteAnswer(Answer.REFUSED, message=words, status=400)
        rows = self.execute(payloads)
        if len(rows) == 1:
            return WriteAnswer(Answer.DONE, halo_id=rows[0]["id"])
        if self.ignores_returnall:
            words = f"HaloPSA answered 1 of {len(rows)} assets."
            return WriteAnswer(Answer.UNCERTAIN, message=words, batch=(rows[-1],))
        return WriteAnswer(Answer.DONE, batch=tuple(reversed(rows)))

    def execute(self, payloads: Sequence[Payload]) -> list[dict[str, Any]]:
        return [self._store(payload) for payload in payloads]

    def _store(self, payload: Payload) -> dict[str, Any]:
        halo_id = payload.get("id")
        if halo_id is None:
            self._next += 1
            halo_id = self._next
        asset = self.assets.setdefault(halo_id, {"fields": {}, "inactive": False})
        asset.setdefault("inventory_number", "")
        asset |= {key: value for key, value in payload.items() if key not in ("id", "fields")}
        if "fields" in payload:
            # Halo replaces the array as a whole.
            asset["fields"] = {row["id"]: row["value"] for row in payload["fields"]}
        if not asset["inventory_number"]:
            asset["inventory_number"] = f"HALO-{halo_id}"
        asset["updated"] = self.now()
        fields = [{"id": int(number), "value": value} for number, value in asset["fields"].items()]
        return {"id": halo_id, "inventory_number": asset.get("inventory_number", ""), "fields": fields}

    def send_asset_type(self, payload: Payload) -> WriteAnswer:
        self.calls.append("write type")
        if self.faults:
            return self.faults.pop(0)([payload], self.execute_types)
        if words := self.refuses(payload):
            return WriteAnswer(Answer.REFUSED, message=words, status=400)
        return WriteAnswer(Answer.DONE, halo_id=self.execute_types([payload])[0]["id"])

    def execute_types(self, payloads: Sequence[Payload]) -> list[dict[str, Any]]:
        for payload in payloads:
            self._next += 1
            self.types[self._next] = dict(payload)
        return [{"id": self._next}]

    def fetch_asset_type_list(self) -> list[AssetTypeRecord]:
        self._read("types")
        return [
            AssetTypeRecord(halo_id=number, name=kind["name"], group_id=kind["assetgroup_id"])
            for number, kind in self.types.items()
        ]

    # ---- reader -----------------------------------------------------------------------------

    def _read(self, what: str) -> None:
        self.calls.append(what)
        if self.read_faults:
            raise self.read_faults.pop(0)

    def probe(self) -> None:
        self._read("probe")

    def fetch_asset(self, halo_id: int) -> AssetRecord | None:
        self._read("asset")
        return self._record(halo_id) if halo_id in self.assets else None

    def fetch_assets(
        self, since: datetime | None = None, client_id: int | None = None, with_fields: bool = True
    ) -> Iterator[list[AssetRecord]]:
        ids = [
            number
            for number, asset in sorted(self.assets.items())
            if client_id in (None, asset["client_id"]) and (since is None or asset["updated"] >= since)
        ]
        for start in range(0, max(1, len(ids)), PAGE):
            self._read("page")
            page = ids[start : start + PAGE]
            yield [self._record(number, self.list_leaves_out, listed=True) for number in page]

    def fetch_assets_changed(self, since: datetime, client_id: int | None = None) -> list[AssetRecord]:
        return [record for page in self.fetch_assets(since, client_id) for record in page]

    def fetch_assets_by_tag(self, client_id: int, tag: str) -> list[AssetRecord]:
        self._read("tag")
        return [
            self._record(number)
            for number, asset in self.assets.items()
            if asset["client_id"] == client_id and asset["inventory_number"] == tag
        ]

    def _shown(self, number: int, value: Any) -> str:
        """Of a pick list the choice's name, where `value` is its id."""
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return self.choices.get((number, text), text)

    def _stored(self, number: int, shown: str) -> str:
        ids = {(field, name): value for (field, value), name in self.choices.items()}
        return ids.get((number, shown), shown)

    def _record(
        self, number: int, leave_out: Sequence[str] | set[str] = (), *, listed: bool = False
    ) -> AssetRecord:
        asset = self.assets[number]
        rows = asset.get("customfields", ())
        custom = {row["id"]: row["value"] for row in rows if row["value"] not in (None, "")}
        unread: dict[int, Any] | None = {} if self.lists_deny_custom_fields else None
        fields = tuple(
            AssetFieldValue(int(key), "", value)
            for key, value in asset["fields"].items()
            if key not in leave_out
        )
        return AssetRecord(
            halo_id=number,
            client_id=asset["client_id"],
            site_id=asset.get("site_id"),
            asset_type_id=asset["assettype_id"],
            inventory_number=asset["inventory_number"],
            active=not asset["inactive"],
            status_id=asset.get("status_id"),
            fields=fields,
            custom_fields=unread if listed else {n: self._shown(n, value) for n, value in custom.items()},
            custom_stored=unread if listed else custom,
            properties=dates_of({name: asset.get(name) for name in DATES}),
            updated_at=asset["updated"],
        )


# ---- faults ---------------------------------------------------------------------------------


def lost_answer(payloads: list[Payload], execute: Any) -> WriteAnswer:
    """Executed, and the answer got lost."""
    execute(payloads)
    return WriteAnswer(Answer.UNCERTAIN, message="The answer was lost.")


def never_arrived(payloads: list[Payload], execute: Any) -> WriteAnswer:
    return WriteAnswer(Answer.UNCERTAIN, message="HaloPSA failed (500).", status=500)


def half_done(payloads: list[Payload], execute: Any) -> WriteAnswer:
    """Only the first half was executed, and no answer came."""
    execute(payloads[: len(payloads) // 2])
    return WriteAnswer(Answer.UNCERTAIN, message="The answer was lost.")


def unreachable(payloads: list[Payload], execute: Any) -> WriteAnswer:
    return WriteAnswer(Answer.PAUSE, message="HaloPSA cannot be reached.", safe_to_repeat=True)


def forbidden(payloads: list[Payload], execute: Any) -> WriteAnswer:
    return WriteAnswer(Answer.REFUSED, message="HaloPSA does not allow it.", status=403)


def unavailable_but_done(payloads: list[Payload], execute: Any) -> WriteAnswer:
    execute(payloads)
    return WriteAnswer(Answer.PAUSE, message="HaloPSA is busy (503).", status=503)


def fine(payloads: list[Payload], execute: Any) -> WriteAnswer:
    rows = execute(payloads)
    return WriteAnswer(Answer.DONE, halo_id=rows[0]["id"], batch=tuple(rows))


# ---- driving --------------------------------------------------------------------------------


def work_off(run: Run, halo: FakeHalo, rounds: int = 400) -> Run:
    """Work at an apply run by the real machinery until it has ended."""
    table = {RunKind.APPLY_ASSETS: {"start": lambda doing: apply_plan(doing, doing.run.plan, halo, halo)}}
    for _ in range(rounds):
        work(run.pk, table)
        run.refresh_from_db()
        if run.state not in OPEN_STATES:
            return run
        time.sleep(0.005)
    steps = list(Step.objects.filter(run=run).values())
    raise AssertionError(f"The run did not end: {run.state}, {steps}")
