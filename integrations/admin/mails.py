"""Mails as they came: what became of each, reading them again, and making a rule from one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import Button, HistoryAdmin
from integrations.admin.display import NOTHING, explained_column, row_link, time_column, two_lines
from integrations.ingest.deliveries import read_again
from integrations.ingest.mails import as_raw
from integrations.models import Mail, RawDelivery
from integrations.runs.request import request_deliveries
from integrations.sync.mails import parse_mail


@admin.register(Mail)
class MailAdmin(HistoryAdmin):
    list_display = ("headline", "console", "state_shown", "event_shown", "received")
    fields = (
        "subject",
        "sender",
        "console",
        "received",
        "state_shown",
        "rule_shown",
        "event_shown",
        "delivery_shown",
    )
    list_filter = (
        ("console", RelatedDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("rule", RelatedDropdownFilter),
    )
    list_select_related = ("console", "event", "rule", "delivery")
    search_fields = ("subject", "sender")
    empty_hint = "Mails of a mailbox are listed here, with what became of them. Connect one under Consoles."
    panel_template = "bridge/mail.html"
    actions = ("read_selected_again",)
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("make_rule", "Make a rule from this mail", "add", tone="primary"),
        Button("try_rules", "Try rules", "science"),
        Button("read_again", "Read again", "replay"),
    )

    state_shown = explained_column("state", "What became of it")
    received = time_column("received_at", "Received")

    @admin.display(description="Mail", ordering="subject")
    def headline(self, row: Mail) -> SafeString:
        return two_lines(row, f"from {row.sender}" if row.sender else "sender not known")

    @admin.display(description="Event", ordering="event")
    def event_shown(self, row: Mail) -> SafeString:
        by = f"by the rule “{row.rule}”" if row.rule else ""
        return two_lines(row_link(row.event), by)

    @admin.display(description="Rule")
    def rule_shown(self, row: Mail) -> SafeString | str:
        return row_link(row.rule) if row.rule else NOTHING

    @admin.display(description="As it came")
    def delivery_shown(self, row: Mail) -> SafeString | str:
        return row_link(row.delivery)

    def panel(self, request: HttpRequest, row: Mail) -> dict[str, Any]:
        return {"parsed": parse_mail(as_raw(row.delivery.body))}

    def get_actions(self, request: HttpRequest) -> Any:
        may = request.user.has_perm("integrations.change_mail")
        return super().get_actions(request) if may else {}

    # ---- what staff can do -------------------------------------------------------------------

    def make_rule(self, request: HttpRequest, row: Mail) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:integrations_mailrule_add')}?mail={row.pk}")

    def try_rules(self, request: HttpRequest, row: Mail) -> HttpResponse:
        page = reverse("admin:integrations_mailrule_try")
        return HttpResponseRedirect(f"{page}?console={row.console_id}&mail={row.pk}")

    def read_again(self, request: HttpRequest, row: Mail) -> None:
        self._read_again(request, Mail.objects.filter(pk=row.pk))

    @admin.action(description="Read again")
    def read_selected_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        self._read_again(request, queryset)

    def _read_again(self, request: HttpRequest, rows: QuerySet[Mail]) -> None:
        numbers = list(rows.order_by().values_list("delivery", flat=True))
        consoles = read_again(RawDelivery.objects.filter(pk__in=numbers))
        for console in consoles:
            request_deliveries(console, requested_by=request.user)
        if consoles:
            messages.success(request, "They are judged again by the rules as they are now.")
        else:
            messages.warning(request, "Only mails of a mailbox that is switched on can be read again.")
