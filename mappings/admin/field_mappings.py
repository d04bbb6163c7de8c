"""Field mappings: which value of a computer goes into which place of its asset, and who owns it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RelatedDropdownFilter

from integrations.admin.bases import BridgeAdmin, CountedOnce
from integrations.admin.choosers import asset_types, number_field
from integrations.admin.credential_choice import CredentialFirst, credential_choice
from integrations.admin.display import badge, badge_column
from integrations.models import Console
from mappings.admin.field_mapping_form import AFTER_SYNC, RANKS, FieldMappingForm
from mappings.attributes import ATTRIBUTES
from mappings.definitions import Definitions, definitions_of, problem_of, reach_of
from mappings.models import FieldMapping, SourceKind
from mappings.starting import start_table
from mappings.targets import key_of


class Judged(CountedOnce):
    """Rows of the page with what HaloPSA's definitions say of them: three queries for all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: Any = list(self.result_list)
        self.result_list = rows
        known = definitions_of({row.halo_credential_id: row.halo_credential for row in rows}.values())
        for row in rows:
            row.told = judged(row, known[row.halo_credential_id])


def judged(row: FieldMapping, known: Definitions) -> dict[str, Any]:
    """What a page shows of a row, in words."""
    target = known.targets.get(key_of(row.target, row.field_id, row.property))
    kind = known.types.get(row.asset_type) if row.asset_type is not None else None
    problem = problem_of(row, known)
    reached, all_types = reach_of(row, known)
    return {
        "place": target.name if target else "No longer in HaloPSA",
        "type": kind.name if kind else "No longer in HaloPSA",
        "problem": problem.words if problem else "",
        "reach": f"{reached} of {all_types} asset types" if reached < all_types else "",
    }


class StartForm(forms.Form):
    def __init__(self, credential_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset_type"] = number_field(
            asset_types(credential_id), label="Asset type", required=True, nothing_yet=AFTER_SYNC
        )


@admin.register(FieldMapping)
class FieldMappingAdmin(CredentialFirst, BridgeAdmin):
    form = FieldMappingForm
    list_display = (
        "source_shown",
        "place_shown",
        "type_shown",
        "owner_shown",
        "problem_shown",
        "halo_credential",
    )
    list_filter = (("halo_credential", RelatedDropdownFilter),)
    list_select_related = ("halo_credential__instance",)
    search_fields = ("attribute", "text")
    list_before_template = "bridge/fields_bar.html"
    panel_template = "bridge/field_mapping.html"
    conditional_fields: ClassVar[dict[str, str]] = {
        "attribute": "source == 'attribute'",
        "text": "source != 'attribute'",
        "day_format": "source == 'attribute'",
    }
    empty_hint = (
        "Without a table of your own, well-known fields (name, serial number, model, operating system …) are "
        "found by their names in HaloPSA. Add rows here to decide it yourself."
    )
    owner_shown = badge_column("owner", "Owner", {"console": "good", "fill": "info"})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return Judged

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        main = ("source", "attribute", "text", "place", "asset_type", "owner", "day_format")
        found: list[Any] = [(None, {"fields": main})]
        if Console.objects.count() > 1:
            told = "Where several consoles see one computer, the first of these that tells a value decides."
            found.append(("Whose word counts", {"fields": RANKS, "description": told}))
        return found

    @admin.display(description="What", ordering="attribute")
    def source_shown(self, row: FieldMapping) -> str:
        if row.source == SourceKind.ATTRIBUTE:
            found = ATTRIBUTES.get(row.attribute)
            return found.label if found else row.attribute
        return f"“{row.text}”" if row.source == SourceKind.CONSTANT else row.text

    @admin.display(description="Goes into")
    def place_shown(self, row: Any) -> str:
        return str(row.told["place"])

    @admin.display(description="Asset type", ordering="asset_type")
    def type_shown(self, row: Any) -> str:
        return "All types" if row.asset_type is None else str(row.told["type"])

    @admin.display(description="Checked")
    def problem_shown(self, row: Any) -> SafeString | str:
        if row.told["problem"]:
            return format_html(
                "{} <span class='hb-reason'>{}</span>", badge("Does nothing", "bad"), row.told["problem"]
            )
        return format_html("{} {}", badge("Works", "good"), row.told["reach"])

    def panel(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The form knows already; those who may only look have none."""
        known = getattr(row, "known", None)
        return {"judged": judged(row, known or definitions_of([row.halo_credential])[row.halo_credential_id])}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("halo_credential__instance")

    # ---- the table of an asset type --------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [self.page("start/", "start", self.start)]

    def start(self, request: HttpRequest) -> HttpResponse:
        """Choose an asset type; its table begins with its key fields."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        credential = credential_choice(request).chosen
        if credential is None:
            messages.warning(request, "Add a HaloPSA credential first.")
            return HttpResponseRedirect(self.url("changelist"))
        form = StartForm(credential.pk, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = start_table(credential, form.cleaned_data["asset_type"])
            except ValidationError as problem:
                form.add_error("asset_type", problem.messages)
            else:
                messages.success(request, _made(len(made)))
                return HttpResponseRedirect(self.url("changelist"))
        context = self.page_context(
            request,
            "Start the table of an asset type",
            form=form,
            media=form.media,
            choice=credential_choice(request),
            credential=credential,
            back=self.url("changelist"),
        )
        return TemplateResponse(request, "bridge/start_table.html", context)


def _made(number: int) -> str:
    if not number:
        return "Its key fields are in the table already."
    return f"{number} row{'' if number == 1 else 's'} made from the key fields. Add what else you want."
