"""Locations of a company and the sites of its client, on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern

from integrations.admin.choosers import SearchSelect
from integrations.admin.display import admin_url
from integrations.admin.pages import page_of
from integrations.admin.versions import VersionedForm
from integrations.models import HaloSite, Location
from integrations.models.audit import locked
from mappings.linking import map_locations, suggest_sites
from mappings.models import CompanyMapping

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

PER_PAGE = 50


class LocationsForm(VersionedForm):
    """One searchable select per location; empty means the mapping's default site."""

    def __init__(
        self,
        mapping: CompanyMapping,
        locations: list[Location],
        suggested: Mapping[int, HaloSite],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mapping, self.locations, self.suggested = mapping, locations, suggested
        stored = mapping.location_mappings.filter(location__in=locations)
        self.stored = dict(stored.values_list("location_id", "halo_site_id"))
        for location in locations:
            self.fields[f"location_{location.pk}"] = self._field(location)

    def _field(self, location: Location) -> forms.ModelChoiceField[HaloSite]:
        field: forms.ModelChoiceField[HaloSite] = forms.ModelChoiceField(
            HaloSite.objects.filter(client=self.mapping.halo_client_id, active=True),
            required=False,
            initial=self.stored.get(location.pk),
            widget=SearchSelect(
                "admin:integrations_halosite_choose",
                query=f"client={self.mapping.halo_client_id}",
                attrs={"aria-label": f"Site for {location}"},
            ),
            error_messages={"invalid_choice": "This site is not (any more) one of the client."},
        )
        field.widget.attrs["data-placeholder"] = "Default site"
        return field

    def shown(self) -> list[Any]:
        """Sites are those of the client."""
        return [self.mapping.halo_client_id, sorted(self.stored.items())]

    def rows(self) -> list[tuple[Location, Any, HaloSite | None]]:
        return [
            (location, self[f"location_{location.pk}"], self.suggested.get(location.pk))
            for location in self.locations
        ]

    def wanted(self) -> dict[Location, HaloSite | None]:
        return {location: self.cleaned_data[f"location_{location.pk}"] for location in self.locations}


class LocationPage(_Base):
    def page_urls(self) -> list[URLPattern]:
        return [self.page("<path:object_id>/locations/", "locations", self.locations), *super().page_urls()]

    def locations(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose a site for each location; *use the suggestions* takes those of the same name."""
        mapping: CompanyMapping = self.row_or_404(request, object_id)
        if not self.has_change_permission(request, mapping):
            raise PermissionDenied
        if request.method != "POST":
            return self._locations(request, mapping)
        with transaction.atomic():
            # Whoever else saves them comes before or after.
            locked(CompanyMapping.objects.filter(pk=mapping.pk)).first()
            return self._locations(request, self.row_or_404(request, object_id))

    def _locations(self, request: HttpRequest, mapping: CompanyMapping) -> HttpResponse:
        suggested = suggest_sites(mapping)
        if "suggested" in request.POST:
            own = Location.objects.in_bulk(list(suggested))
            return self._locations_mapped(request, mapping, {own[pk]: site for pk, site in suggested.items()})
        there = Q(active=True) | Q(mappings__company_mapping=mapping)
        rows = Location.objects.filter(there, company=mapping.company_id).distinct().order_by("name", "pk")
        page = page_of(request, rows, PER_PAGE)
        form = LocationsForm(mapping, list(page), suggested, request.POST or None)
        if form.is_valid():
            return self._locations_mapped(request, mapping, form.wanted())
        context = self.page_context(
            request,
            f"Locations of {mapping.company}",
            mapping=mapping,
            form=form,
            media=form.media,
            page=page,
            suggested=len(suggested),
        )
        return TemplateResponse(request, "bridge/locations.html", context)

    def _locations_mapped(
        self, request: HttpRequest, mapping: CompanyMapping, wanted: dict[Location, HaloSite | None]
    ) -> HttpResponse:
        try:
            number = map_locations(mapping, wanted, request.user)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
            return HttpResponseRedirect(request.get_full_path())
        words = f"{number} location{'' if number == 1 else 's'} changed."
        if number:
            self.log_change(request, mapping, words)
        messages.add_message(request, messages.SUCCESS if number else messages.INFO, words)
        return HttpResponseRedirect(admin_url(mapping))
