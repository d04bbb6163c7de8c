"""The sections of the file, in the order in which they build on each other."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models

from integrations.choices import OptionKind
from integrations.models import Company, Computer
from mappings.definitions import problem_of
from mappings.models import AssetRules, FieldMapping, ProductMapping, SyncLimits
from ticketing.configuration.columns import (
    AssetTypeColumn,
    Choice,
    Choices,
    ClientReference,
    Column,
    ConsoleOrder,
    FieldColumn,
    Plain,
    Reference,
    Several,
    UserReference,
    plain_columns,
)
from ticketing.configuration.companies import CompanySection
from ticketing.configuration.names import Names
from ticketing.configuration.rows import changes_of, name_of, put_all, refuse_unknown, told_row
from ticketing.configuration.verdicts import Judged, Verdict, refused
from ticketing.halo_choices import CHOICES
from ticketing.models import EventSet, IntegrationProfile, NoiseSettings


class Section(Protocol):
    @property
    def name(self) -> str: ...
    def export(self, names: Names) -> list[dict[str, Any]]: ...
    def begin(self) -> None:
        """Read what is stored, once for all rows."""

    def take(self, told: dict[str, Any], names: Names) -> Judged:
        """Judge a row and store it. Raises `Unresolved` and `ValidationError`; the caller undoes it."""


@dataclass
class Rows:
    """Rows of one model: `key` finds a row again, `columns` are what is compared and stored."""

    name: str
    model: type[models.Model]
    key: Sequence[Column]
    columns: Sequence[Column]
    identity: Sequence[str]
    check: Callable[[Any, Names], None] = lambda *_: None
    made: Callable[[Any, Names], None] = lambda *_: None
    related: Sequence[str] = ()
    prefetched: Sequence[str] = ()

    def _stored(self) -> Any:
        rows = self.model._default_manager.select_related(*self.related)
        return rows.prefetch_related(*self.prefetched).order_by("pk")

    def export(self, names: Names) -> list[dict[str, Any]]:
        told = [told_row([*self.key, *self.columns], row, names) for row in self._stored()]
        return sorted(told, key=lambda row: [str(row[column.name] or "") for column in self.key])

    def begin(self) -> None:
        self._known = {self._identity(row): row for row in self._stored()}

    def _identity(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in self.identity)

    def take(self, told: dict[str, Any], names: Names) -> Judged:
        refuse_unknown(told, [*self.key, *self.columns])
        row = self.model()
        put_all(self.key, row, told, names, required=True)
        known = self._known.get(self._identity(row))
        row = copy.copy(known) if known is not None else row
        put_all(self.columns, row, told, names)
        changes = changes_of(self.columns, known, row, names)
        name = name_of(told, self.key)
        if known is not None and not changes:
            return Judged(self.name, name, Verdict.UNCHANGED, {})
        self.check(row, names)
        self._store(row)
        self.made(row, names)
        self._known[self._identity(row)] = row
        return Judged(self.name, name, Verdict.CHANGED if known is not None else Verdict.NEW, changes)

    def _store(self, row: Any) -> None:
        if getattr(row, "is_default", False):
            self._take_over_default(row)
        row.full_clean()
        row.save()
        for column in self.columns:
            if isinstance(column, Several):
                column.store(row)

    def _take_over_default(self, row: Any) -> None:
        """There is one default: the one of the file takes the place of another."""
        same = {"halo_credential": row.halo_credential_id} if hasattr(row, "halo_credential_id") else {}
        self.model._default_manager.filter(is_default=True, **same).exclude(pk=row.pk).update(
            is_default=False
        )
        for other in self._known.values():
            alike = not same or other.halo_credential_id == row.halo_credential_id
            if other.pk != row.pk and alike:
                other.is_default = False


# ---- what the sections check and note -------------------------------------------------------


def _check_field(row: FieldMapping, names: Names) -> None:
    if problem := problem_of(row, names.definitions[row.halo_credential_id]):
        raise refused(problem.words)


def _check_product(row: ProductMapping, names: Names) -> None:
    row.console = row.product.console


def _note_event_set(row: EventSet, names: Names) -> None:
    names.event_sets.add(None, row.pk, row.name, row)


def _note_profile(row: IntegrationProfile, names: Names) -> None:
    names.profiles.add(row.halo_credential_id, row.pk, row.name, row)


def _credential() -> Reference:
    return Reference("halo_credential", lambda names: names.credentials)


@dataclass(frozen=True, slots=True)
class ProductColumn:
    """A product within its console, which stands before it in the row."""

    name: str = "product"

    def told(self, row: Any, names: Names) -> Any:
        return row.product.name

    def put(self, row: Any, value: Any, names: Names) -> None:
        row.product = names.products.found(row.console_id, value)


def sections() -> list[Section]:
    """New ones for each export or import: they remember what is stored."""
    asset_rules = [
        Choice("gone_status", OptionKind.ASSET_STATUS),
        Choice("asset_group", OptionKind.ASSET_GROUP),
    ]
    return [
        _event_sets(),
        _profiles(),
        CompanySection(),
        _default_types(),
        _field_mappings(),
        _settings("asset_rules", AssetRules, asset_rules),
        _settings("asset_update_limits", SyncLimits),
        _settings("noise_settings", NoiseSettings),
    ]


def _event_sets() -> Rows:
    columns: list[Column] = [
        *plain_columns(EventSet, ["name"]),
        Several("companies", Company),
        Several("computers", Computer),
    ]
    return Rows(
        "event_sets",
        EventSet,
        [Plain("name")],
        columns,
        ["name"],
        made=_note_event_set,
        prefetched=["companies", "computers"],
    )


def _profiles() -> Rows:
    columns: list[Column] = [
        *(Choice(name, kind) for name, kind in CHOICES),
        ClientReference("client"),
        UserReference("user"),
        Reference("event_set", lambda names: names.event_sets),
        Choices("wont_fix_statuses", OptionKind.STATUS),
        Choices("wont_fix_categories", OptionKind.CATEGORY),
    ]
    plain = plain_columns(IntegrationProfile, ["name", *(column.name for column in columns)])
    return Rows(
        "integration_profiles",
        IntegrationProfile,
        [_credential(), Plain("name")],
        [*columns, *plain],
        ["halo_credential_id", "name"],
        made=_note_profile,
        related=["client", "user__site__client"],
    )


def _default_types() -> Rows:
    return Rows(
        "default_asset_types",
        ProductMapping,
        [_credential(), Reference("console", lambda names: names.consoles), ProductColumn()],
        [AssetTypeColumn()],
        ["halo_credential_id", "product_id"],
        check=_check_product,
        related=["product__console"],
    )


def _field_mappings() -> Rows:
    key: list[Column] = [
        _credential(),
        AssetTypeColumn(),
        Plain("target"),
        FieldColumn(),
        Plain("property"),
    ]
    columns = ["source", "attribute", "text", "owner"]
    return Rows(
        "field_mappings",
        FieldMapping,
        key,
        [*(Plain(name) for name in columns), ConsoleOrder(), Plain("day_format")],
        ["halo_credential_id", "asset_type", "target", "field_id", "property"],
        check=_check_field,
    )


def _settings(name: str, model: type[models.Model], choices: Sequence[Choice] = ()) -> Rows:
    """One row for each credential."""
    plain = plain_columns(model, [column.name for column in choices])
    return Rows(name, model, [_credential()], [*choices, *plain], ["halo_credential_id"])
