"""Which pair of fields a console's companies and Halo's clients share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from integrations.admin.bases import BridgeAdmin
from integrations.admin.credential_choice import CredentialFirst
from integrations.models import Console
from mappings.linking import suggest_companies_for
from mappings.models import ClientField, SuggestionFields, client_fields


def _choices(credential_id: int | None, row: SuggestionFields) -> list[tuple[str, str]]:
    """Fields of a Halo client; a chosen one that is no longer there stays visible."""
    known = client_fields(credential_id)
    if row.client_field and row.client_field not in known:
        known[row.client_field] = f"{row.client_field_words} (no longer in HaloPSA)"
    return [
        (name, f"Custom field {words}" if name not in ClientField.values else words)
        for name, words in known.items()
    ]


class SuggestionFieldsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SuggestionFields
        fields = ("console", "company_field", "client_field")
        help_texts = {"company_field": "What the console tells of a company, e.g. its account number."}

    def __init__(self, *args: Any, credential_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credential_id = credential_id
        if "console" in self.fields:
            self.fields["console"] = forms.ModelChoiceField(
                Console.objects.order_by("name"),
                widget=UnfoldAdminSelectWidget,
                help_text="Its companies are suggested by this pair of fields first.",
            )
        if "client_field" in self.fields:
            self.fields["client_field"] = forms.ChoiceField(
                label="Field of the Halo client",
                choices=_choices(credential_id, self.instance),
                help_text="A value counts only where exactly one company and one client hold it.",
                widget=UnfoldAdminSelectWidget,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        rows = SuggestionFields.objects.filter(
            console=cleaned.get("console"), halo_credential=self.credential_id
        )
        if cleaned.get("console") and rows.exclude(pk=self.instance.pk).exists():
            self.add_error("console", "This console has a pair of fields already: change that one.")
        return cleaned


@admin.register(SuggestionFields)
class SuggestionFieldsAdmin(CredentialFirst, BridgeAdmin):
    form = SuggestionFieldsForm
    fields = ("console", "company_field", "client_field")
    list_display = ("console", "company_field", "words_shown", "halo_credential")
    list_select_related = ("console", "halo_credential")
    search_fields = ("console__name",)
    empty_hint = (
        "Companies are suggested by domain and by name. Where the console holds something that HaloPSA holds "
        "as well, e.g. an account number, choose that pair of fields here: it is then tried first."
    )

    @admin.display(description="Field of the Halo client", ordering="client_field")
    def words_shown(self, row: SuggestionFields) -> str:
        return row.client_field_words

    def save_model(self, request: HttpRequest, obj: SuggestionFields, form: Any, change: bool) -> None:
        if not change:
            obj.halo_credential_id = self.credential_id(request, None)  # type: ignore[assignment]
        obj.client_field_name = client_fields(obj.halo_credential_id).get(obj.client_field, "")
        super().save_model(request, obj, form, change)
        suggest_companies_for(obj.halo_credential)

    def delete_model(self, request: HttpRequest, obj: SuggestionFields) -> None:
        super().delete_model(request, obj)
        suggest_companies_for(obj.halo_credential)
