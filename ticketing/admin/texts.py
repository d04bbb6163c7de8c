"""The page where staff write the texts of a profile's tickets and see what a real event makes of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from integrations.models import Event
from ticketing.models import IntegrationProfile
from ticketing.preview import events_of, latest_events, preview
from ticketing.text import default_body
from ticketing.wording.variables import listed

START = "{{ summary }}"
"""A summary to start from: it says what the default text says."""


class TextsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The two templates, and the event to look at."""

    event = forms.ChoiceField(
        required=False, label="Show it with", widget=UnfoldAdminSelectWidget, help_text="The newest events."
    )

    class Meta:
        model = IntegrationProfile
        fields = ("summary_template", "body_template")
        labels = {"summary_template": "Summary", "body_template": "Body (HTML)"}
        widgets = {
            "summary_template": UnfoldAdminTextInputWidget(attrs={"spellcheck": "false"}),
            "body_template": UnfoldAdminTextareaWidget(
                attrs={"rows": 18, "spellcheck": "false", "class": "hb-code"}
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = latest_events(self.instance.halo_credential)
        choices = [(str(row.pk), self._named(row)) for row in rows]
        self.fields["event"].choices = [*choices, ("", "a made example")]  # type: ignore[attr-defined]
        self.initial["event"] = choices[0][0] if choices else ""

    @staticmethod
    def _named(row: Event) -> str:
        where = f" – {row.company}" if row.company else ""
        return f"{row.title[:80]}{where} ({row.occurred_at:%Y-%m-%d %H:%M} UTC)"


class TextsPage:
    """Adds the page to the pages of profiles."""

    def page_urls(self) -> list[URLPattern]:
        admin: Any = self
        return [
            *super().page_urls(),  # type: ignore[misc]
            admin.page("<int:object_id>/texts/", "texts", self.texts),
        ]

    def texts(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """GET and a POST without `save` show; with it the templates are stored."""
        admin: Any = self
        row: IntegrationProfile = admin.row_or_404(request, object_id)
        if not admin.allowed(request, "view", row):
            raise PermissionDenied
        may_change = admin.allowed(request, "change", row)
        data = self._typed(request)
        form = TextsForm(data, instance=IntegrationProfile.objects.get(pk=row.pk))
        if "save" in request.POST:
            if not may_change:
                raise PermissionDenied
            if form.is_valid():
                form.save()
                admin.log_change(request, row, "Changed the texts of its tickets.")
                messages.success(request, f"Tickets of “{row}” say this from now on.")
                return HttpResponseRedirect(request.path)
        context = admin.page_context(
            request,
            f"Texts of {row}",
            row=row,
            here=request.path,
            form=form,
            errors_shown="save" in request.POST,
            may_change=may_change,
            told=self._preview(row, form),
            variables=list(listed()),
        )
        return TemplateResponse(request, "bridge/texts.html", context)

    @staticmethod
    def _typed(request: HttpRequest) -> Any:
        if request.method != "POST":
            return None
        typed = request.POST.copy()
        if "start" in typed:
            typed["summary_template"], typed["body_template"] = START, default_body()
        return typed

    @staticmethod
    def _preview(row: IntegrationProfile, form: TextsForm) -> Any:
        """Of what is typed, also where it is not right (yet)."""
        chosen = str(form["event"].value() or "")
        number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
        event = events_of(row.halo_credential).filter(pk=number).first() if number else None
        summary, body = (
            str(form[name].value() or "")[: form.fields[name].max_length]  # type: ignore[attr-defined]
            for name in ("summary_template", "body_template")
        )
        return preview(row.halo_credential, event, summary, body)
