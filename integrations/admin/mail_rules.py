"""Mail rules: their order, their form, and a page on which staff try them on real mails."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, RelatedDropdownFilter

from integrations.admin.bases import BridgeAdmin, Button
from integrations.admin.display import event_type_name, row_link, two_lines, word_badge
from integrations.admin.mail_rule_form import (
    FIELDSETS,
    MailRuleForm,
    filled_in,
    preset_of,
    presets_by_vendor,
)
from integrations.admin.mail_trying import TryingPage
from integrations.ingest.mail_rules import move, told_twice
from integrations.models import MailRule


@admin.register(MailRule)
class MailRuleAdmin(TryingPage, BridgeAdmin):
    form = MailRuleForm
    fieldsets = FIELDSETS
    compressed_fields = False
    list_display = ("order", "rule_shown", "console", "speaks", "tells", "state_shown", "mail_count")
    list_display_links = ("rule_shown",)
    list_filter = (("console", RelatedDropdownFilter), ("enabled", BooleanRadioFilter))
    list_select_related = ("console", "speaks_for")
    search_fields = ("name", "sender", "subject", "body")
    ordering = ("console__name", "position", "pk")
    list_before_template = "bridge/mail_rules_bar.html"
    panel_template = "bridge/mail_rule.html"
    empty_hint = (
        "A rule says which mails of a mailbox tell of what. Connect a mailbox under Consoles first; then "
        "start from a vendor's preset, or from a mail that came."
    )
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("move_up", "Try earlier", "arrow_upward"),
        Button("move_down", "Try later", "arrow_downward"),
    )

    # ---- the list ----------------------------------------------------------------------------

    @admin.display(description="Order", ordering="position")
    def order(self, row: MailRule) -> SafeString:
        """Buttons of the list's own form, which brings the token along."""
        return format_html(
            '<span class="hb-buttons hb-order">'
            '<button type="submit" class="hb-button hb-button--small" formaction="{}" formnovalidate '
            'aria-label="Try “{}” earlier">↑</button>'
            '<button type="submit" class="hb-button hb-button--small" formaction="{}" formnovalidate '
            'aria-label="Try “{}” later">↓</button></span>',
            self.url("move_up", row.pk),
            row,
            self.url("move_down", row.pk),
            row,
        )

    @admin.display(description="Rule", ordering="name")
    def rule_shown(self, row: MailRule) -> SafeString:
        return two_lines(row.name, f"from {row.sender}")

    @admin.display(description="Speaks for", ordering="speaks_for__name")
    def speaks(self, row: MailRule) -> SafeString | str:
        return row_link(row.speaks_for) if row.speaks_for else "the mailbox itself"

    @admin.display(description="Tells", ordering="event_type")
    def tells(self, row: MailRule) -> SafeString:
        return two_lines(event_type_name(row.event_type), row.get_state_display())

    @admin.display(description="State", ordering="enabled")
    def state_shown(self, row: MailRule) -> SafeString:
        return word_badge("On" if row.enabled else "Switched off")

    @admin.display(description="Mails", ordering="taken")
    def mail_count(self, row: Any) -> int:
        return int(row.taken)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MailRule]:
        return super().get_queryset(request).annotate(taken=Count("mails"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "try_url": self.url("try")})

    def page_urls(self) -> list[URLPattern]:
        return [self.page("try/", "try", self.try_rules), *super().page_urls()]

    # ---- the form ----------------------------------------------------------------------------

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given = {name: value for name, value in request.GET.items() if name in ("console", "speaks_for")}
        return {**filled_in(request), **given}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        chosen = preset_of(request.GET.get("preset", ""))
        context = {
            "before_form": "bridge/mail_presets.html",
            "vendors": presets_by_vendor(),
            "chosen": chosen[1] if chosen else None,
            "chosen_value": request.GET.get("preset", "") if chosen else "",
        }
        return super().add_view(request, form_url, {**(extra_context or {}), **context})

    def panel(self, request: HttpRequest, row: MailRule) -> dict[str, Any]:
        return {
            "twice": told_twice(row),
            "try_url": f"{self.url('try')}?console={row.console_id}",
            "taken": row.mails.order_by("-pk").select_related("event")[:5],
        }

    def save_model(self, request: HttpRequest, obj: MailRule, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if sentence := told_twice(obj):
            messages.warning(request, sentence)

    def move_up(self, request: HttpRequest, row: MailRule) -> HttpResponse:
        return self._move(request, row, -1)

    def move_down(self, request: HttpRequest, row: MailRule) -> HttpResponse:
        return self._move(request, row, 1)

    def _move(self, request: HttpRequest, row: MailRule, by: int) -> HttpResponse:
        if not move(row, by):
            messages.info(request, f"“{row}” is the {'first' if by < 0 else 'last'} rule of {row.console}.")
        return HttpResponseRedirect(self.url("changelist"))
