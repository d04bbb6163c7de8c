"""The rule simulator: the last days once more against a draft, beside what really happened."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from integrations.admin.bases import BridgeAdmin
from integrations.admin.display import row_link, state_badge, time_column
from ticketing.models import IntegrationProfile, Simulation
from ticketing.simulate.counts import WHAT
from ticketing.simulate.starting import check, start


class SimulationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Simulation
        fields = ("days", "event_set", "profile", "company_mapping")
        help_texts = {"profile": "Says how tickets are made. Empty: as everything is set up now."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "profile" in self.fields:
            rows = IntegrationProfile.objects.select_related("halo_credential")
            self.fields["profile"].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        names = ("event_set", "profile", "company_mapping")
        if not self.errors:
            check(Simulation(**{name: cleaned.get(name) for name in names}))
        return cleaned


@admin.register(Simulation)
class SimulationAdmin(BridgeAdmin):
    form = SimulationForm
    fields = ("days", "event_set", "profile", "company_mapping")
    autocomplete_fields = ("company_mapping",)
    list_display = ("__str__", "state_shown", "tickets_shown", "made", "created_by")
    list_select_related = ("event_set", "profile", "run", "created_by")
    panel_template = "bridge/simulation.html"
    empty_hint = (
        "A simulation replays the stored events of the last days: how many tickets would an event set and a "
        "profile have made, noted, closed and reopened, per company and day, beside what really happened?"
    )
    made = time_column("created_at", "Made")

    @admin.display(description="State")
    def state_shown(self, row: Simulation) -> SafeString | str:
        return state_badge(row.run) if row.run else "–"

    @admin.display(description="Tickets")
    def tickets_shown(self, row: Simulation) -> str:
        return str(row.result["forecast"]["created"]) if row.result else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Simulation]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was replayed is not changed; make another."""
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Simulation, form: Any, change: bool) -> None:
        start(obj, request.user)

    def panel(self, request: HttpRequest, row: Simulation) -> dict[str, Any]:
        told = row.result
        return {
            "run": row.run,
            "run_link": row_link(row.run) if row.run else "",
            "told": told,
            "what": WHAT,
            "days": [_cells(line["day"], line) for line in told["by_day"]] if told else [],
            "companies": [_cells(line["name"], line) for line in told["by_company"]] if told else [],
            "totals": _cells("All", told) if told else None,
        }


def _cells(name: str, line: dict[str, Any]) -> dict[str, Any]:
    """A row of the tables: what would have been, and in the same order what was."""
    return {"name": name, "cells": [(line["forecast"][what], line["really"][what]) for what in WHAT]}
