"""Ticket routing: the pairs (event set, profile) on a company mapping, in line on the mapping's own page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter

from integrations.admin.bases import BridgeAdmin
from integrations.runs.request import request_routing
from mappings.admin.company_mappings import CompanyMappingAdmin
from mappings.models import CompanyMapping
from ticketing.models import EventSet, IntegrationProfile, TicketRule
from ticketing.planning import mark_baseline

PROPOSED = "Empty: the event set that the profile proposes."


class TicketRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Without an event set the profile's own is taken."""

    class Meta:
        model = TicketRule
        fields = ("event_set", "profile", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "event_set" in self.fields:
            self.fields["event_set"].required = False
            self.fields["event_set"].help_text = PROPOSED

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        profile: IntegrationProfile | None = cleaned.get("profile")
        if profile and not cleaned.get("event_set"):
            cleaned["event_set"] = profile.event_set
            if profile.event_set is None:
                self.add_error("event_set", f"Choose an event set: the profile “{profile}” proposes none.")
        return cleaned


class TicketRuleInline(TabularInline):
    """The first rule whose event set holds an event wins."""

    model = TicketRule
    form = TicketRuleForm
    fields = ("position", "event_set", "profile")
    extra = 0
    verbose_name = "ticket rule"
    verbose_name_plural = "Ticket routing: the first rule whose event set holds an event wins"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        request.routed_mapping = obj  # type: ignore[attr-defined]
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only profiles of the mapping's own credential; without the pop-up icons."""
        mapping = getattr(request, "routed_mapping", None)
        if db_field.name == "profile" and mapping is not None:
            kwargs["queryset"] = IntegrationProfile.objects.filter(halo_credential=mapping.halo_credential_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


admin.site.unregister(CompanyMapping)


@admin.register(CompanyMapping)
class RoutedCompanyMappingAdmin(CompanyMappingAdmin):
    """The mapping's page with its ticket rules."""

    inlines = (TicketRuleInline,)
    panel_template = "bridge/company_routing.html"

    def panel(self, request: HttpRequest, row: CompanyMapping) -> dict[str, Any]:
        profiles = IntegrationProfile.objects.filter(halo_credential=row.halo_credential_id)
        return {
            "ruled": TicketRule.objects.filter(company_mapping=row).exists(),
            "default_set": EventSet.objects.filter(is_default=True).first(),
            "default_profile": profiles.filter(is_default=True).first(),
        }

    def tickets_switched_on(self, mappings: list[CompanyMapping]) -> None:
        """What is open at this moment is the baseline: listed, and ticketed only if chosen."""
        for mapping in mappings:
            mark_baseline(mapping)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        request_routing()


@admin.register(TicketRule)
class TicketRuleAdmin(BridgeAdmin):
    form = TicketRuleForm
    fields = ("company_mapping", "event_set", "profile", "position")
    autocomplete_fields = ("company_mapping",)
    list_display = ("company_mapping", "position", "event_set", "profile")
    list_filter = (("event_set", RelatedDropdownFilter), ("profile", RelatedDropdownFilter))
    list_select_related = ("company_mapping__company", "company_mapping__halo_client", "event_set", "profile")
    search_fields = ("company_mapping__company__name", "event_set__name", "profile__name")
    ordering = ("company_mapping__company__name", "position")
    empty_hint = (
        "A rule pairs an event set with a profile for one company. It is added on the page of a company "
        "mapping. Mappings without a rule use the default event set and the default profile."
    )
