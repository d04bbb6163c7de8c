"""The list of what consoles tell and no event set selects, with a set to choose beside each row."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern

from integrations.catalogue import EVENT_TYPES
from ticketing.models import EventSet
from ticketing.unselected import heard_anything, select, unselected

DAYS: Final = (7, 30, 90)


class SelectForm(forms.Form):
    event_set = forms.ModelChoiceField(EventSet.objects.all())
    event_type = forms.ChoiceField(choices=lambda: [(key, info.name) for key, info in EVENT_TYPES.items()])


class UnselectedEvents:
    """For the event sets' admin."""

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("unselected/", "unselected", self.unselected),  # type: ignore[attr-defined]
            *super().page_urls(),  # type: ignore[misc]
        ]

    def unselected(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method == "POST":
            return self._select(request)
        asked = request.GET.get("days", "")
        days = int(asked) if asked in {str(number) for number in DAYS} else 30
        context = self.page_context(  # type: ignore[attr-defined]
            request,
            "Seen, in no event set",
            rows=unselected(days),
            days=days,
            anything=heard_anything(days),
            choices=DAYS,
            event_sets=EventSet.objects.order_by("name"),
            may_select=self.has_change_permission(request),  # type: ignore[attr-defined]
        )
        return TemplateResponse(request, "bridge/unselected.html", context)

    def _select(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = SelectForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Choose an event set; the one that was shown may be gone.")
        else:
            chosen, key = form.cleaned_data["event_set"], form.cleaned_data["event_type"]
            name = EVENT_TYPES[key].name
            if select(chosen, key):
                self.log_change(request, chosen, f"Added the event type “{name}”.")  # type: ignore[attr-defined]
                messages.success(request, f"“{chosen}” selects “{name}” from now on.")
            else:
                messages.info(request, f"“{chosen}” selected “{name}” already.")
        return HttpResponseRedirect(self.url("unselected"))  # type: ignore[attr-defined]
