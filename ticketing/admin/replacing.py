"""Deleting what is in use asks for what takes its place; nothing that uses it is left without."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelect2Widget

from integrations.admin.display import admin_url
from ticketing.replacing import NoReplacement, Use


class ReplacementForm(forms.Form):
    replacement: Any = forms.ModelChoiceField(
        queryset=None,
        empty_label="– choose –",
        widget=UnfoldAdminSelect2Widget,
        help_text="It serves from now on whatever the deleted one served.",
    )

    def __init__(self, choices: QuerySet[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replacement"].queryset = choices  # type: ignore[attr-defined]


class ReplacedOnDelete:
    """For the admin of an event set or a profile."""

    def use_of(self, row: Any) -> Use:
        raise NotImplementedError

    def replacements(self, row: Any) -> QuerySet[Any]:
        raise NotImplementedError

    def replace(self, row: Any, replacement: Any) -> None:
        raise NotImplementedError

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.row_or_404(request, object_id)  # type: ignore[attr-defined]
        if not self.has_delete_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        use = self.use_of(row)
        if not use.any:
            return super().delete_view(request, object_id, extra_context)  # type: ignore[misc,no-any-return]
        form = ReplacementForm(self.replacements(row), request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            return self._replaced(request, row, form.cleaned_data["replacement"])
        context = self.page_context(  # type: ignore[attr-defined]
            request, f"Delete {row}", form=form, object=row, use=use, back=admin_url(row)
        )
        return TemplateResponse(request, "bridge/replace.html", context)

    def _replaced(self, request: HttpRequest, row: Any, replacement: Any) -> HttpResponse:
        name = str(row)
        try:
            self.log_deletions(request, [row])  # type: ignore[attr-defined]
            self.replace(row, replacement)
        except NoReplacement as problem:
            messages.error(request, str(problem))
            return HttpResponseRedirect(request.get_full_path())
        messages.success(request, f"“{name}” is deleted; “{replacement}” serves in its place.")
        opts = self.opts  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))

    def get_actions(self, request: HttpRequest) -> Any:
        """One by one: each may want another replacement."""
        actions = super().get_actions(request)  # type: ignore[misc]
        return {name: action for name, action in actions.items() if name != "delete_selected"}
