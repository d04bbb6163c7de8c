"""Ignoring computers: the actions of the list, the rules with their preview, and who is ignored by now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, RelatedDropdownFilter

from integrations.admin.bases import BridgeAdmin, HistoryAdmin
from integrations.admin.deletion import CountedDeletion
from integrations.admin.display import badge, row_link, time_column, two_lines
from integrations.models import Computer
from mappings.admin.pressed import by_outcome
from mappings.linking import caught_by, ignore_computers, match_again, refresh_ignored, stop_ignoring
from mappings.models import IgnoredComputer, IgnoreRule

MAY_IGNORE, MAY_STOP = "mappings.add_ignoredcomputer", "mappings.delete_ignoredcomputer"


BY_RULE = "What a rule catches stays ignored: change the rule."


# ---- the list of computers ------------------------------------------------------------------


class Ignoring:
    """For the computers' admin: ignore ticked computers, with a reason, and take it back."""

    actions: Any = ("ignore_selected", "stop_ignoring_selected")

    def get_actions(self, request: HttpRequest) -> Any:
        found = super().get_actions(request)  # type: ignore[misc]
        needed = {"ignore_selected": MAY_IGNORE, "stop_ignoring_selected": MAY_STOP}
        return {
            name: action
            for name, action in found.items()
            if name not in needed or request.user.has_perm(needed[name])
        }

    @admin.action(description="Ignore")
    def ignore_selected(self, request: HttpRequest, queryset: QuerySet[Computer]) -> HttpResponse | None:
        """Asks for a reason first."""
        number = queryset.count()
        if "confirmed" not in request.POST:
            context = self.page_context(  # type: ignore[attr-defined]
                request,
                "Ignore computers",
                number=number,
                ticked=request.POST.getlist(ACTION_CHECKBOX_NAME),
                across=request.POST.get("select_across", "0"),
                back=request.get_full_path(),
            )
            return TemplateResponse(request, "bridge/ignore_computers.html", context)
        ids = queryset.order_by().values_list("pk", flat=True)
        new = ignore_computers(ids, request.POST.get("reason", "").strip(), request.user)
        told = f"{new} {'computer is' if new == 1 else 'computers are'} ignored from now on."
        messages.add_message(request, by_outcome(new), f"{told} Their assets in HaloPSA stay as they are.")
        return None

    @admin.action(description="Stop ignoring")
    def stop_ignoring_selected(self, request: HttpRequest, queryset: QuerySet[Computer]) -> None:
        stopped = stop_ignoring(queryset.order_by().values_list("pk", flat=True))
        match_again()
        told = f"{stopped} {'computer is' if stopped == 1 else 'computers are'} no longer ignored by hand."
        messages.add_message(request, by_outcome(stopped), f"{told} {BY_RULE}")


# ---- rules ----------------------------------------------------------------------------------


class IgnoreRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = IgnoreRule
        fields = ("name", "enabled", *IgnoreRule.CONDITIONS)
        help_texts = {"enabled": "Off: no computer is ignored because of it."}


@admin.register(IgnoreRule)
class IgnoreRuleAdmin(CountedDeletion, BridgeAdmin):
    form = IgnoreRuleForm
    list_display = ("name", "conditions", "caught", "enabled", "made", "created_by")
    list_filter = (("console", RelatedDropdownFilter), ("enabled", BooleanRadioFilter))
    list_select_related = ("console", "company", "created_by")
    search_fields = ("name", "name_pattern", "product", "tag", "company__name")
    autocomplete_fields = ("console", "company")
    fieldsets = (
        (None, {"fields": ("name", "enabled")}),
        (
            "Computers that fit all of this",
            {"fields": ("console", "company", "name_pattern", "product", "device_class", "tag")},
        ),
    )
    empty_hint = (
        "A rule leaves out computers that nobody wants in HaloPSA, e.g. test machines: no export, no "
        "updates, no tickets, no gaps. What is there in HaloPSA already stays as it is."
    )
    panel_template = "bridge/ignore_rule.html"
    made = time_column("created_at", "Made")

    def get_queryset(self, request: HttpRequest) -> QuerySet[IgnoreRule]:
        return super().get_queryset(request).annotate(number=Count("ignored"))

    @admin.display(description="Conditions")
    def conditions(self, row: IgnoreRule) -> str:
        return conditions_of(row)

    @admin.display(description="Catches", ordering="number")
    def caught(self, row: Any) -> SafeString:
        return badge(
            f"{row.number} computer{'' if row.number == 1 else 's'}", "info" if row.number else "warn"
        )

    # ---- preview ----------------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [self.page("preview/", "preview", self.preview)]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What the typed conditions would catch; nothing is stored."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = IgnoreRuleForm({**request.GET.dict(), "name": "preview"})
        context: dict[str, Any] = {"errors": [], "caught": None}
        if form.is_valid():
            context["caught"] = caught_by(form.instance)
        else:
            context["errors"] = [str(text) for texts in form.errors.values() for text in texts]
        return TemplateResponse(request, "bridge/ignore_preview.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= {"preview_url": self.url("preview"), "before_form": self.panel_template}
        return super().render_change_form(request, context, *args, **kwargs)

    # ---- effects ----------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: IgnoreRule, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        refresh_ignored(rule=obj)
        match_again()
        number = obj.ignored.count()
        messages.info(request, f"“{obj}” ignores {number} computer{'' if number == 1 else 's'} by now.")

    def delete_model(self, request: HttpRequest, obj: IgnoreRule) -> None:
        super().delete_model(request, obj)
        match_again()


def conditions_of(rule: IgnoreRule) -> str:
    """What a rule asks for, in one line."""
    told = {
        "console": rule.console,
        "company": rule.company,
        "name": rule.name_pattern,
        "product": rule.product,
        "device class": rule.device_class,
        "tag": rule.tag,
    }
    return ", ".join(f"{name} {value}" for name, value in told.items() if value)


# ---- who is ignored -------------------------------------------------------------------------


@admin.register(IgnoredComputer)
class IgnoredComputerAdmin(HistoryAdmin):
    list_display = ("computer_shown", "why", "since", "ignored_by")
    list_display_links = ("since",)
    fields = ("computer_shown", "why", "since", "ignored_by")
    list_filter = (("rule", RelatedDropdownFilter),)
    list_select_related = ("computer__company", "computer__console", "rule", "ignored_by")
    search_fields = ("computer__name", "computer__company__name", "reason", "rule__name")
    actions = ("stop_selected",)
    empty_hint = "Ignore computers in the list of computers (tick them), or by a rule."
    since = time_column("ignored_at", "Since")

    @admin.display(description="Computer", ordering="computer__name")
    def computer_shown(self, row: IgnoredComputer) -> SafeString:
        place = " · ".join(str(part) for part in (row.computer.company, row.computer.console) if part)
        return two_lines(row_link(row.computer), place)

    @admin.display(description="Why", ordering="rule__name")
    def why(self, row: IgnoredComputer) -> SafeString | str:
        return row_link(row.rule, f"Rule “{row.rule}”") if row.rule else row.reason or "By staff."

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if request.user.has_perm(MAY_STOP) else {}

    @admin.action(description="Stop ignoring")
    def stop_selected(self, request: HttpRequest, queryset: QuerySet[IgnoredComputer]) -> None:
        by_hand = queryset.filter(rule__isnull=True).order_by()
        stopped = stop_ignoring(by_hand.values_list("computer_id", flat=True))
        match_again()
        told = f"{stopped} no longer ignored. What a rule catches stays ignored."
        messages.add_message(request, by_outcome(stopped), told)
