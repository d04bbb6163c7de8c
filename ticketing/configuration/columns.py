"""Columns of the file: how a value of a row is told, and how what is told becomes a value again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models

from integrations.choices import OptionKind
from integrations.models import Company, Computer, HaloUser
from ticketing.configuration.names import Get, Names
from ticketing.configuration.verdicts import missing, refused
from ticketing.halo_choices import UNASSIGNED, label

UNASSIGNED_AGENT = "Unassigned"


class Column(Protocol):
    """`put` raises `Unresolved`."""

    @property
    def name(self) -> str: ...
    def told(self, row: Any, names: Names) -> Any: ...
    def put(self, row: Any, value: Any, names: Names) -> None: ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A value as it is stored. What does not fit is told by the model's own checks when the row is saved."""

    name: str

    def told(self, row: Any, names: Names) -> Any:
        value = getattr(row, self.name)
        return list(value) if isinstance(value, list | tuple) else value

    def put(self, row: Any, value: Any, names: Names) -> None:
        field = row._meta.get_field(self.name)
        if isinstance(field, models.JSONField) and not isinstance(value, list):
            raise refused(f"{self.name}: a list is wanted.")
        if isinstance(field, models.BooleanField) and not isinstance(value, bool):
            raise refused(f"{self.name}: true or false is wanted.")
        if isinstance(field, models.CharField | models.TextField) and not isinstance(value, str):
            raise refused(f"{self.name}: a text is wanted; put it into quotes.")
        setattr(row, self.name, value)


def plain_columns(model: type[models.Model], besides: Sequence[str]) -> tuple[Plain, ...]:
    """All columns of a model that hold a plain value, but those named."""
    return tuple(
        Plain(field.name)
        for field in model._meta.concrete_fields
        if field.editable and not field.is_relation and not field.primary_key and field.name not in besides
    )


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key by name; `scope` says within what names are unique."""

    name: str
    index: Get
    scope: Callable[[Any], Any] = lambda _: None

    def told(self, row: Any, names: Names) -> Any:
        number = getattr(row, f"{self.name}_id")
        return None if number is None else self.index(names).told(self.scope(row), number)

    def put(self, row: Any, value: Any, names: Names) -> None:
        found = None if value is None else self.index(names).found(self.scope(row), value)
        setattr(row, self.name, found)


@dataclass(frozen=True, slots=True)
class ClientReference:
    """A Halo client by name, with Halo's own number where several share it."""

    name: str

    def told(self, row: Any, names: Names) -> Any:
        client = getattr(row, self.name)
        return None if client is None else names.clients.told(row.halo_credential_id, client.halo_id)

    def put(self, row: Any, value: Any, names: Names) -> None:
        scope = row.halo_credential_id
        setattr(row, self.name, None if value is None else names.clients.found(scope, value))


@dataclass(frozen=True, slots=True)
class UserReference:
    """An end user by client, site and name: there are too many of them to know them all."""

    name: str

    def told(self, row: Any, names: Names) -> Any:
        user = getattr(row, self.name)
        if user is None:
            return None
        site = user.site
        client = site.client if site else None
        return {"client": client.name if client else "", "site": site.name if site else "", "name": user.name}

    def put(self, row: Any, value: Any, names: Names) -> None:
        if value is None:
            setattr(row, self.name, None)
            return
        if not isinstance(value, dict) or set(value) != {"client", "site", "name"}:
            raise refused(f"{self.name}: client, site and name are wanted.")
        rows = HaloUser.objects.filter(halo_credential=row.halo_credential_id, active=True)
        place = {"site__client__name": value["client"], "site__name": value["site"]}
        found = list(rows.filter(name=value["name"], **place)[:2])
        if len(found) != 1:
            raise missing("single end user", value["name"], str(value["site"]))
        setattr(row, self.name, found[0])


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice that lives in HaloPSA; of a priority, within the SLA of its row."""

    name: str
    kind: OptionKind

    def _scope(self, row: Any) -> tuple[int, str, str]:
        parent = str(row.sla) if self.kind == OptionKind.PRIORITY and row.sla else ""
        return row.halo_credential_id, str(self.kind), parent

    def told(self, row: Any, names: Names) -> Any:
        value = getattr(row, self.name)
        if value is None:
            return None
        told = names.options.told(self._scope(row), value)
        unassigned = self.kind == OptionKind.AGENT and value == UNASSIGNED and isinstance(told, dict)
        return UNASSIGNED_AGENT if unassigned else told

    def put(self, row: Any, value: Any, names: Names) -> None:
        setattr(
            row, self.name, None if value is None else choice_of(self.kind, self._scope(row), value, names)
        )


def choice_of(kind: OptionKind, scope: tuple[int, str, str], value: Any, names: Names) -> int:
    if kind == OptionKind.AGENT and value == UNASSIGNED_AGENT:
        return UNASSIGNED
    if isinstance(value, dict) and set(value) == {"id"} and isinstance(value["id"], int) and value["id"] < 0:
        return int(value["id"])
    names.options.what = label(kind)
    return int(names.options.found(scope, value))


@dataclass(frozen=True, slots=True)
class Choices:
    """Several of them."""

    name: str
    kind: OptionKind

    def told(self, row: Any, names: Names) -> Any:
        scope = row.halo_credential_id, str(self.kind), ""
        return [names.options.told(scope, number) for number in getattr(row, self.name)]

    def put(self, row: Any, value: Any, names: Names) -> None:
        if not isinstance(value, list):
            raise refused(f"{self.name}: a list is wanted.")
        scope = row.halo_credential_id, str(self.kind), ""
        setattr(row, self.name, [choice_of(self.kind, scope, one, names) for one in value])


@dataclass(frozen=True, slots=True)
class AssetTypeColumn:
    name: str = "asset_type"

    def told(self, row: Any, names: Names) -> Any:
        value = getattr(row, self.name)
        return None if value is None else names.asset_types.told(row.halo_credential_id, value)

    def put(self, row: Any, value: Any, names: Names) -> None:
        scope = row.halo_credential_id
        setattr(row, self.name, None if value is None else names.asset_types.found(scope, value))


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """An asset field or custom field; `target` of the row says which."""

    name: str = "field"

    @staticmethod
    def _scope(row: Any) -> tuple[int, str]:
        return row.halo_credential_id, "custom" if row.target == "custom" else "asset"

    def told(self, row: Any, names: Names) -> Any:
        return None if row.field_id is None else names.fields.told(self._scope(row), row.field_id)

    def put(self, row: Any, value: Any, names: Names) -> None:
        row.field_id = None if value is None else names.fields.found(self._scope(row), value)


@dataclass(frozen=True, slots=True)
class ConsoleOrder:
    name: str = "console_order"

    def told(self, row: Any, names: Names) -> Any:
        return [names.consoles.told(None, number) for number in row.console_order]

    def put(self, row: Any, value: Any, names: Names) -> None:
        if not isinstance(value, list):
            raise refused(f"{self.name}: a list is wanted.")
        row.console_order = [names.consoles.found(None, one).pk for one in value]


@dataclass(frozen=True, slots=True)
class Several:
    """Companies or computers of a many-to-many field, by console and the console's own id.

    What was chosen rests beside the row until it is saved.
    """

    name: str
    model: type[Company] | type[Computer]

    @property
    def rest(self) -> str:
        return f"chosen_{self.name}"

    def told(self, row: Any, names: Names) -> Any:
        found = row.__dict__.get(self.rest)
        if found is None:
            found = list(getattr(row, self.name).all()) if row.pk else []
        rows = [
            {"console": names.consoles.told(None, one.console_id), "id": one.external_id, "name": one.name}
            for one in found
        ]
        return sorted(rows, key=lambda one: (str(one["console"]), one["id"]))

    def put(self, row: Any, value: Any, names: Names) -> None:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise refused(f"{self.name}: a list of console and ID is wanted.")
        row.__dict__[self.rest] = [self._one(one, names) for one in value]

    def _one(self, told: dict[str, Any], names: Names) -> Any:
        console = names.consoles.found(None, told.get("console"))
        found = self.model._default_manager.filter(console=console, external_id=str(told.get("id"))).first()
        if found is None:
            what = str(self.model._meta.verbose_name)
            raise missing(what, told.get("name") or told.get("id"), str(console))
        return found

    def store(self, row: Any) -> None:
        if (found := row.__dict__.pop(self.rest, None)) is not None:
            getattr(row, self.name).set(found)
