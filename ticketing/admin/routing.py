"""Ticket routing: the pairs (event set, profile) on a company mapping, in line on the mapping's own page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.widgets import UnfoldAdminSelectWidget

from integrations.admin.bases import BridgeAdmin, about_one_row
from integrations.admin.choosers import id_of
from integrations.models import HaloCredential
from integrations.runs.request import request_delivery, request_routing
from mappings.admin.company_effects import Pressed, leave_to, nothing, ticked
from mappings.admin.company_mappings import CompanyMappingAdmin
from mappings.models import CompanyMapping
from ticketing.models import EventSet, IntegrationProfile, Ticket, TicketRule, TicketState
from ticketing.pairing import pair_mappings, unpair_mappings
from ticketing.planning import companies_with_open_tickets, mark_baselines

HOW_TICKETS_ARE_MADE = "How the ticket is made, noted and closed."
PROPOSED = "Empty: the event set that the profile proposes."


class TicketRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Without an event set the profile's own is taken."""

    class Meta:
        model = TicketRule
        fields = ("event_set", "profile", "position")
        help_texts = {
            "company_mapping": "The rule is for alerts of this company.",
            "profile": HOW_TICKETS_ARE_MADE,
            "position": "The lowest number is tried first.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "event_set" in self.fields:
            self.fields["event_set"].required = False
            self.fields["event_set"].help_text = PROPOSED
        for field in self.fields.values():
            # In a table of rules the head of the column is no label of the field.
            inner: Any = getattr(field.widget, "widget", field.widget)
            inner.attrs.setdefault("aria-label", str(field.label))

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
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Read once, when the first rule is shown, for all rules of the page.
        field.choices = cache(lambda choices=field.choices: list(choices))
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[TicketRule]:
        return super().get_queryset(request).select_related("event_set", "profile")


class PairForm(forms.Form):
    """One pair for many mappings of a credential."""

    def __init__(self, credential: HaloCredential, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = ""
        profiles = IntegrationProfile.objects.filter(halo_credential=credential).select_related("event_set")
        self.fields["profile"] = forms.ModelChoiceField(
            profiles, help_text=HOW_TICKETS_ARE_MADE, widget=UnfoldAdminSelectWidget
        )
        self.fields["event_set"] = forms.ModelChoiceField(
            EventSet.objects.all(), required=False, help_text=PROPOSED, widget=UnfoldAdminSelectWidget
        )

    def pair(self, mappings: list[CompanyMapping], staff: Any) -> bool:
        """Store it; False (and an error at the field) if there is no event set."""
        profile, event_set = self.cleaned_data["profile"], self.cleaned_data["event_set"]
        try:
            paired = pair_mappings([mapping.pk for mapping in mappings], event_set, profile, staff)
        except ValidationError as problem:
            self.add_error("event_set", problem)
            return False
        same = len(mappings) - paired.added - paired.changed
        self.told = (
            f"{event_set or profile.event_set} with {profile}: added to {paired.added}, changed for "
            f"{paired.changed}, there already for {same}."
        )
        return True


def _look_again(credential: HaloCredential) -> None:
    request_routing()
    request_delivery(credential.instance)


def _defaults(credential_id: int) -> dict[str, EventSet | IntegrationProfile]:
    """What serves mappings without a rule, by its name on the page: with no more than a link needs."""
    made: dict[str, Any] = {"default_set": EventSet, "default_profile": IntegrationProfile}
    named = "pk", "name"
    sets = EventSet.objects.filter(is_default=True).order_by()
    profiles = IntegrationProfile.objects.filter(is_default=True, halo_credential=credential_id).order_by()
    rows = sets.values_list(Value("default_set"), *named).union(
        profiles.values_list(Value("default_profile"), *named), all=True
    )
    return {what: made[what](pk=pk, name=name) for what, pk, name in rows}


def _may(request: HttpRequest, *verbs: str) -> bool:
    user: Any = request.user
    return bool(user.has_perms([f"ticketing.{verb}_ticketrule" for verb in verbs]))


admin.site.unregister(CompanyMapping)


@admin.register(CompanyMapping)
class RoutedCompanyMappingAdmin(CompanyMappingAdmin):
    """The mapping's page with its ticket rules."""

    inlines = (TicketRuleInline,)
    panel_template = "bridge/company_routing.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CompanyMapping]:
        rows = super().get_queryset(request)
        rules = TicketRule.objects.filter(company_mapping=OuterRef("pk"))
        return rows.annotate(ruled=Exists(rules)) if about_one_row(request) else rows

    def panel(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        defaults = {} if row.ruled else _defaults(row.halo_credential_id)
        return {**super().panel(request, row), "ruled": row.ruled, **defaults}

    def tickets_switched_on(self, mappings: list[CompanyMapping]) -> None:
        """What is open at this moment is the baseline: listed, and ticketed only if chosen."""
        if mappings:
            mark_baselines(mapping.pk for mapping in mappings)

    above = staticmethod(companies_with_open_tickets)

    def consequences(self, mappings: list[CompanyMapping]) -> list[str]:
        """With the number of tickets that are open now."""
        number = Ticket.objects.filter(
            company__in=[row.company_id for row in mappings],
            halo_credential=mappings[0].halo_credential_id,
            state=TicketState.OPEN,
        ).count()
        told = super().consequences(mappings)
        if number:
            it = "it" if len(mappings) == 1 else "them"
            are = f"ticket of {it} is" if number == 1 else f"tickets of {it} are"
            told.append(f"{number} {are} open and will not be closed by themselves any more.")
        return told

    # ---- pairs for many companies -----------------------------------------------------------

    def more_bulk(self) -> Iterable[tuple[str, str]]:
        return (("pair", "Add a ticket rule …"), ("unpair", "Remove the ticket rules"))

    def press_more(self, request: HttpRequest, credential: HaloCredential) -> Pressed | HttpResponse | None:
        action = request.POST.get("bulk", "") if request.POST.get("do") == "bulk" else ""
        if action not in dict(self.more_bulk()):
            return None
        companies = ticked(request)
        rows = CompanyMapping.objects.filter(company__in=companies, halo_credential=credential)
        mappings = dict(rows.values_list("pk", "company_id"))
        if not mappings:
            return nothing("No mapped company was ticked.")
        if action == "pair":
            query = urlencode({"halo_credential": credential.pk, "mapping": list(mappings)}, doseq=True)
            return leave_to(request, f"{self.url('pair')}?{query}")
        if not _may(request, "delete"):
            raise PermissionDenied
        number = unpair_mappings(mappings, request.user)
        _look_again(credential)
        rules = "ticket rule" if number == 1 else "ticket rules"
        told = f"{number} {rules} removed; the defaults serve these companies."
        return Pressed(told, list(mappings.values()))

    def page_urls(self) -> list[URLPattern]:
        return [self.page("pair/", "pair", self.pair), *super().page_urls()]

    def pair(self, request: HttpRequest) -> HttpResponse:
        """Event set and profile for the mappings that the address names."""
        if not (self.has_change_permission(request) and _may(request, "add", "change")):
            raise PermissionDenied
        credential = get_object_or_404(HaloCredential, pk=id_of(request, "halo_credential"))
        named = [int(pk) for pk in request.GET.getlist("mapping") if pk.isdigit() and len(pk) < 18]
        rows = CompanyMapping.objects.filter(pk__in=named, halo_credential=credential)
        mappings = list(rows.select_related("company", "halo_client"))
        back = f"{self.url('changelist')}?halo_credential={credential.pk}"
        form = PairForm(credential, request.POST or None)
        if mappings and form.is_valid() and form.pair(mappings, request.user):
            LogEntry.objects.log_actions(request.user.pk or 0, mappings, CHANGE, form.told)
            messages.success(request, form.told)
            _look_again(credential)
            return HttpResponseRedirect(back)
        context = self.page_context(
            request, "Add a ticket rule", form=form, media=form.media, mappings=mappings, back=back
        )
        return TemplateResponse(request, "bridge/pair_companies.html", context)

    def decorate(self, request: HttpRequest, page: Iterable[Any], credential: HaloCredential) -> None:
        """The pairs of each mapping, in order. One query."""
        rules: dict[int, list[TicketRule]] = defaultdict(list)
        shown = [company.mapping.pk for company in page if company.mapping]
        found = TicketRule.objects.filter(company_mapping__in=shown).select_related("event_set", "profile")
        for rule in found:
            rules[rule.company_mapping_id].append(rule)
        for company in page:
            company.rules = rules[company.mapping.pk] if company.mapping else []

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
