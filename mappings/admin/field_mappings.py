"""Field mappings: which value of a computer goes into which place of its asset, and who owns it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RelatedDropdownFilter

from integrations.admin.bases import BridgeAdmin, CountedOnce
from integrations.admin.choosers import asset_types, number_field
from integrations.admin.credential_choice import PARAMETER, CredentialFirst, credential_choice
from integrations.admin.display import badge, badge_column
from integrations.models import Console, HaloCredential
from mappings.admin.field_mapping_form import AFTER_SYNC, RANKS, FieldMappingForm
from mappings.admin.pick_lists import Sample
from mappings.attributes import ATTRIBUTES
from mappings.definitions import Definitions, definitions_of, problem_of, reach_of
from mappings.models import FieldMapping, SourceKind
from mappings.starting import start_common_table, start_table
from mappings.targets import key_of

COMMON: Final = "common"
FIRST_ROW: Final = (
    "The first row: until now well-known fields (serial number, model, operating system …) get filled "
    "by their names in HaloPSA; from the first row on only what the table says is filled, and key fields. To "
    'keep them, <a class="hb-link" href="{}">start from the well-known fields</a> instead, and add this row '
    "afterwards."
)


class Judged(CountedOnce):
    """Rows of the page with what HaloPSA's definitions say of them: three queries for all, and one where
    something goes into a pick list."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: Any = list(self.result_list)
        self.result_list = rows
        known = definitions_of({row.halo_credential_id: row.halo_credential for row in rows}.values())
        sample = Sample()
        for row in rows:
            row.told = judged(row, known[row.halo_credential_id], sample)


def judged(row: FieldMapping, known: Definitions, sample: Sample) -> dict[str, Any]:
    """What a page shows of a row, in words."""
    target = known.targets.get(key_of(row.target, row.field_id, row.property))
    kind = known.types.get(row.asset_type) if row.asset_type is not None else None
    problem = problem_of(row, known)
    reached, all_types = reach_of(row, known)
    return {
        "place": target.name if target else "No longer in HaloPSA",
        "type": kind.name if kind else "No longer in HaloPSA",
        "problem": problem.words if problem else "",
        "misfit": "" if problem else sample.misfit(row, target),
        "reach": f"{reached} of {all_types} asset types" if reached < all_types else "",
    }


class StartForm(forms.Form):
    def __init__(self, credential_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset_type"] = number_field(
            asset_types(credential_id),
            label="Asset type",
            required=True,
            help_text="Whose fields the table fills; all other types keep the common rows.",
            nothing_yet=AFTER_SYNC,
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
        "found by their names in HaloPSA. Add rows here to decide it yourself; the first takes their place."
    )
    owner_shown = badge_column("owner", "Owner", {"console": "good", "fill": "info"})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return Judged

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        main = ("source", "attribute", "text", "place", "asset_type", "owner", "day_format")
        told = _first_row_told(request) if obj is None else ""
        found: list[Any] = [(None, {"fields": main, "description": told})]
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
        if row.told["misfit"]:
            return format_html(
                "{} <span class='hb-reason'>{}</span>", badge("No choice fits", "bad"), row.told["misfit"]
            )
        return format_html("{} {}", badge("Works", "good"), row.told["reach"])

    def panel(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The form knows already; those who may only look have none."""
        known = getattr(row, "known", None) or definitions_of([row.halo_credential])[row.halo_credential_id]
        return {"judged": judged(row, known, Sample())}

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
        if COMMON in request.POST:
            return self._start_common(request, credential)
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
            "Start a table",
            form=form,
            media=form.media,
            choice=credential_choice(request),
            credential=credential,
            back=self.url("changelist"),
            first=not FieldMapping.objects.filter(halo_credential=credential).exists(),
        )
        return TemplateResponse(request, "bridge/start_table.html", context)

    def _start_common(self, request: HttpRequest, credential: HaloCredential) -> HttpResponse:
        try:
            made = start_common_table(credential)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        else:
            rows = "1 row" if len(made) == 1 else f"{len(made)} rows"
            told = f"{rows} made from the well-known fields; change or remove what you like."
            messages.success(request, told if made else "They are in the table already.")
        return HttpResponseRedirect(self.url("changelist"))


def _first_row_told(request: HttpRequest) -> SafeString | str:
    """What the first row of all tables takes away, and how to keep it; '' where there are rows."""
    credential = credential_choice(request).chosen
    if credential is None or FieldMapping.objects.filter(halo_credential=credential).exists():
        return ""
    return format_html(
        FIRST_ROW, f"{reverse('admin:mappings_fieldmapping_start')}?{PARAMETER}={credential.pk}"
    )


def _made(number: int) -> str:
    if not number:
        return "Its key fields are in the table already."
    return f"{number} row{'' if number == 1 else 's'} made from the key fields. Add what else you want."
