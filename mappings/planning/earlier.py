"""What one write of a run is taken back to: the earlier values, where the written ones still stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from django.db.models import Value

from integrations.choices import Action
from integrations.models import HaloAssetType, HaloClient, HaloCredential, HaloSite
from mappings.planning.lifecycle import Lifecycle
from mappings.planning.rows import Change, skip
from mappings.targets import Row, held, same, together

ACTIVITY: Final = {"inactive", "status_id", "status_name"}
Unused = frozenset[tuple[str, int]]
"""Places and asset types that HaloPSA uses no more, as (`site_id`, Halo's id)."""
PLACES: Final = (
    (("site", "site"), ("client", "client")),
    (("asset_type", "asset type"),),
)
"""What goes back together, each as in a plan's row and as staff call it."""


@dataclass(frozen=True, slots=True)
class Now:
    """An asset as the mirror holds it, read by `COLUMNS`. `other…`: a computer of another console that it
    stands for, too."""

    COLUMNS: ClassVar = (
        "halo_id", "active", "status_id", "fields", "custom_fields", "properties", "client__halo_id",
        "client__name", "site__halo_id", "site__name", "asset_type__halo_id", "asset_type__name",
    )  # fmt: skip

    created_by_us: bool
    halo_id: int | None
    active: bool
    status_id: int | None
    fields: dict[str, str] | None
    custom_fields: dict[str, str] | None
    properties: dict[str, str] | None
    client_id: int | None
    client_name: str | None
    site_id: int | None
    site_name: str | None
    asset_type_id: int | None
    asset_type_name: str | None
    other: str | None
    other_company: str | None
    other_console: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """One write of a run. `now`: its asset, None where its mapping is gone."""

    subject_kind: str
    subject_id: int
    subject: str
    action: str
    halo_id: int | None
    before: dict[str, Any]
    after: dict[str, Any]
    was_sent: bool
    now: Now | None

    def change(self, action: Action, before: dict[str, Any], after: dict[str, Any], reason: str) -> Change:
        whole = {"halo_id": self.halo_id, **before}
        return Change(
            action.value, self.subject, self.subject_kind, self.subject_id, whole, after, reason.strip()
        )

    def skip(self, reason: str) -> Change:
        return skip(self.subject, self.subject_kind, self.subject_id, reason)


@dataclass(slots=True)
class Earlier:
    """Both sides of the way back. `kept`: names of what was changed since; `lost`: sentences about what
    can't go back."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        kept = [f"Changed since, so it stays: {', '.join(self.kept)}."] if self.kept else []
        return " ".join([*kept, *self.lost])


def unused_of(credential: HaloCredential) -> Unused:
    """One statement."""
    models = {"site_id": HaloSite, "client_id": HaloClient, "asset_type_id": HaloAssetType}
    first, *others = [
        model._default_manager.filter(halo_credential=credential, active=False)  # type: ignore[attr-defined]
        .order_by()
        .values_list(Value(name), "halo_id")
        for name, model in models.items()
    ]
    return frozenset(first.union(*others, all=True))


def earlier(written: Written, now: Now, lifecycle: Lifecycle, unused: Unused) -> Earlier:
    """Each value that is still the one that was written, with what it was."""
    found = Earlier()
    _activity(found, written, now)
    _status(found, written, now, lifecycle)
    for names in PLACES:
        _place(found, [row for row in names if f"{row[0]}_id" in written.after], written, now, unused)
    _values(found, written, now)
    return found


def _activity(found: Earlier, written: Written, now: Now) -> None:
    if "inactive" not in written.after:
        return
    if now.active == written.after["inactive"]:
        found.kept.append("active or inactive")
    else:
        found.before["inactive"] = written.after["inactive"]
        found.after["inactive"] = written.before["inactive"]


def _status(found: Earlier, written: Written, now: Now, lifecycle: Lifecycle) -> None:
    """The status that a rule for gone assets has set."""
    if "status_id" not in written.after:
        return
    if now.status_id != written.after["status_id"]:
        found.kept.append("status")
    elif written.before["status_id"] is None:
        found.lost.append("Its status stays: it had none before.")
    else:
        was, becomes = lifecycle.with_status(({}, {}), now.status_id, written.before["status_id"])
        found.before |= was
        found.after |= becomes


def _place(found: Earlier, names: list[tuple[str, str]], written: Written, now: Now, unused: Unused) -> None:
    """A site goes back with its client, or neither does."""
    before, after = written.before, written.after
    if moved := [told for name, told in names if getattr(now, f"{name}_id") != after[f"{name}_id"]]:
        found.kept += moved
        return
    for name, told in names:
        if before[f"{name}_id"] is None:
            found.lost.append(f"It had no {told} before, so it stays where it is.")
            return
        if (f"{name}_id", before[f"{name}_id"]) in unused:
            words = f"“{before[f'{name}_name']}” is no longer in use in HaloPSA"
            found.lost.append(f"Its former {told} {words}, so that stays.")
            return
    for name, _ in names:
        for key in (f"{name}_id", f"{name}_name"):
            found.before[key], found.after[key] = getattr(now, key), before[key]


def _values(found: Earlier, written: Written, now: Now) -> None:
    """Fields, custom fields and properties."""
    values = together(now.fields, now.custom_fields, now.properties or {}, now.status_id)
    former = written.before.get("fields", {})
    was: dict[str, Row] = {}
    becomes: dict[str, Row] = {}
    for key, row in written.after.get("fields", {}).items():
        present = held(values, key, custom_read=now.custom_fields is not None)
        if present is None:
            found.lost.append(f"{row['name']} stays: what it is now has not been read.")
        elif same(former[key], present):
            continue
        elif not same(row, present):
            # What is held by its id says nothing to staff.
            found.kept.append(row["name"] if "shown" in row else f"{row['name']} (now “{present}”)")
        elif "sent" in row and "sent" not in former[key]:
            found.lost.append(f"{row['name']} stays: HaloPSA does not take what it was before.")
        else:
            was[key], becomes[key] = {**row, "value": present}, former[key]
    if becomes:
        found.before["fields"], found.after["fields"] = was, becomes
