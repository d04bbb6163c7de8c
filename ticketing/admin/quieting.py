"""The list of the loudest, with snooze and exclude beside each row; and the snooze of one alert."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone

from integrations.admin.display import admin_url
from integrations.admin.pressing import not_pressed
from integrations.models import Company, Computer
from ticketing.models import Alert, Snooze
from ticketing.noise.deciding import noise_changed
from ticketing.noise.top import loudest

SPANS: Final = (("1", "for a day"), ("7", "for a week"), ("30", "for 30 days"), ("", "for good (exclude)"))
DAYS: Final = (7, 30, 90)


class QuietForm(forms.Form):
    """Which alerts, for how long, and why."""

    company = forms.ModelChoiceField(Company.objects.all(), required=False)
    computer = forms.ModelChoiceField(Computer.objects.all(), required=False)
    event_type = forms.CharField(required=False, max_length=80)
    alert = forms.ModelChoiceField(Alert.objects.all(), required=False)
    days = forms.ChoiceField(choices=SPANS, required=False)
    reason = forms.CharField(required=False, max_length=300)

    def make(self, by: Any) -> Snooze:
        """Raises ValidationError where nothing is named."""
        values = dict(self.cleaned_data)
        days = values.pop("days")
        until = timezone.now() + timedelta(days=int(days)) if days else None
        snooze = Snooze(**values, until=until, made_by=by)
        snooze.full_clean()
        snooze.save()
        return snooze


class Quieting:
    """For the alerts' admin: the page of the loudest, and where its buttons post to."""

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("loudest/", "loudest", self.loudest),  # type: ignore[attr-defined]
            self.page("quiet/", "quiet", self.quiet),  # type: ignore[attr-defined]
            *super().page_urls(),  # type: ignore[misc]
        ]

    def loudest(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = int(asked) if asked in {str(number) for number in DAYS} else 30
        context = self.page_context(  # type: ignore[attr-defined]
            request,
            "The loudest",
            rows=loudest(days),
            days=days,
            choices=DAYS,
            spans=SPANS,
            quiet_url=self.url("quiet"),  # type: ignore[attr-defined]
            may_quiet=request.user.has_perm("ticketing.add_snooze"),
        )
        return TemplateResponse(request, "bridge/loudest.html", context)

    def quiet(self, request: HttpRequest) -> HttpResponse:
        """Make one snooze or exclusion; back to where it was asked for."""
        if not request.user.has_perm("ticketing.add_snooze"):
            raise PermissionDenied
        back = self.url("loudest")  # type: ignore[attr-defined]
        if request.method != "POST":
            return not_pressed(request, back)
        form = QuietForm(request.POST)
        if form.is_valid() and form.cleaned_data["alert"]:
            back = admin_url(form.cleaned_data["alert"])
        try:
            if not form.is_valid():
                raise forms.ValidationError(
                    [str(error) for errors in form.errors.values() for error in errors]
                )
            snooze = form.make(request.user)
        except forms.ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
            return HttpResponseRedirect(back)
        noise_changed()
        messages.success(request, f"{snooze}. It can be lifted under “Snoozes and exclusions”.")
        return HttpResponseRedirect(back)
