"""Ticket routing: the pairs (event set, profile) on a company mapping, in line on the mapping's own page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter

from integrations.admin.bases import BridgeAdmin
from integrations.models import HaloCredential
from integrations.runs.request import request_delivery, request_routing
from mappings.admin.company_effects import Pressed, ticked
from mappings.admin.company_mappings import CompanyMappingAdmin
from mappings.models import CompanyMapping
from ticketing.models import EventSet, IntegrationProfile, Ticket, TicketRule, TicketState
from ticketing.pairing import pair_mappings, unpair_mappings
from ticketing.planning import mark_baselines

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


def _chosen(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdigit() and len(text) < 18 else 0


def _pair(request: HttpRequest, credential: HaloCredential, mappings: list[int]) -> str:
    if not _may(request, "add", "change"):
        raise PermissionDenied
    profiles = IntegrationProfile.objects.filter(halo_credential=credential).select_related("event_set")
    profile = profiles.filter(pk=_chosen(request, "profile")).first()
    if profile is None:
        return "Choose the profile of the ticket rule beside the action."
    event_set = EventSet.objects.filter(pk=_chosen(request, "event_set")).first()
    try:
        paired = pair_mappings(mappings, event_set, profile, request.user)
    except ValidationError as problem:
        return " ".join(problem.messages)
    same = len(mappings) - paired.added - paired.changed
    return (
        f"{event_set or profile.event_set} with {profile}: added to {paired.added}, changed for "
        f"{paired.changed}, there already for {same}."
    )


def _unpair(request: HttpRequest, mappings: Iterable[int]) -> str:
    if not _may(request, "delete"):
        raise PermissionDenied
    number = unpair_mappings(mappings, request.user)
    return f"{number} ticket rule{'' if number == 1 else 's'} removed; the defaults serve these companies."


def _may(request: HttpRequest, *verbs: str) -> bool:
    user: Any = request.user
    return bool(user.has_perms([f"ticketing.{verb}_ticketrule" for verb in verbs]))


admin.site.unregister(CompanyMapping)


@admin.register(CompanyMapping)
class RoutedCompanyMappingAdmin(CompanyMappingAdmin):
    """The mapping's page with its ticket rules."""

    inlines = (TicketRuleInline,)
    panel_template = "bridge/company_routing.html"

    bulk_template = "bridge/bulk_rule.html"

    def panel(self, request: HttpRequest, row: CompanyMapping) -> dict[str, Any]:
        profiles = IntegrationProfile.objects.filter(halo_credential=row.halo_credential_id)
        return {
            **super().panel(request, row),
            "ruled": TicketRule.objects.filter(company_mapping=row).exists(),
            "default_set": EventSet.objects.filter(is_default=True).first(),
            "default_profile": profiles.filter(is_default=True).first(),
        }

    def tickets_switched_on(self, mappings: list[CompanyMapping]) -> None:
        """What is open at this moment is the baseline: listed, and ticketed only if chosen."""
        if mappings:
            mark_baselines(mapping.pk for mapping in mappings)

    def consequences(self, mapping: CompanyMapping) -> list[str]:
        """With the number of tickets that are open now."""
        number = Ticket.objects.filter(
            company=mapping.company_id, halo_credential=mapping.halo_credential_id, state=TicketState.OPEN
        ).count()
        told = super().consequences(mapping)
        if number:
            are = "ticket of it is" if number == 1 else "tickets of it are"
            told.append(f"{number} {are} open and will not be closed by themselves any more.")
        return told

    # ---- pairs for many companies -----------------------------------------------------------

    def more_bulk(self) -> Iterable[tuple[str, str]]:
        return (("pair", "Add a ticket rule (event set and profile)"), ("unpair", "Remove the ticket rules"))

    def press_more(self, request: HttpRequest, credential: HaloCredential) -> Pressed | None:
        action = request.POST.get("bulk", "") if request.POST.get("do") == "bulk" else ""
        if action not in dict(self.more_bulk()):
            return None
        companies = ticked(request)
        rows = CompanyMapping.objects.filter(company__in=companies, halo_credential=credential)
        mappings = dict(rows.values_list("pk", "company_id"))
        if not mappings:
            return Pressed("No mapped company was ticked.")
        words = _pair(request, credential, list(mappings)) if action == "pair" else _unpair(request, mappings)
        request_routing()
        request_delivery(credential.instance)
        return Pressed(words, list(mappings.values()))

    def decorate(self, request: HttpRequest, page: Iterable[Any], credential: HaloCredential) -> None:
        """The pairs of each mapping, in order. One query."""
        rules: dict[int, list[TicketRule]] = defaultdict(list)
        shown = [company.mapping.pk for company in page if company.mapping]
        found = TicketRule.objects.filter(company_mapping__in=shown).select_related("event_set", "profile")
        for rule in found:
            rules[rule.company_mapping_id].append(rule)
        for company in page:
            company.rules = rules[company.mapping.pk] if company.mapping else []

    def bulk_context(self, credential: HaloCredential) -> dict[str, Any]:
        return {
            "bulk_event_sets": EventSet.objects.order_by("name"),
            "bulk_profiles": IntegrationProfile.objects.filter(halo_credential=credential).order_by("name"),
        }

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
