"""Consoles: choose the kind, enter its keys, test, sync, fetch events."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter

from integrations.admin.bases import BridgeAdmin, Button
from integrations.admin.console_form import console_form, fieldsets_of
from integrations.admin.deletion import ConnectionDeletion
from integrations.admin.display import admin_url, badge_column, state_badge, time_column
from integrations.admin.hook_addresses import HOOK_ADDRESS, HookAddress
from integrations.admin.spreadsheets import SpreadsheetUpload, last_uploads
from integrations.choices import MailState
from integrations.connections import save_console, take_as_same_account
from integrations.models import Company, Computer, Console, Event, Mail, Run
from integrations.registry import CONNECTORS, connector_class, console_kinds
from integrations.runs.request import request_console_sync, request_console_test, request_events


def _reads(*abilities: str) -> Any:
    """Whether a console's kind is able to do one of these; an unknown kind is able to do nothing."""
    return lambda row: (
        row.kind in CONNECTORS
        and any(getattr(connector_class(row.kind).abilities, ability) for ability in abilities)
    )


def _count(model: Any) -> Coalesce:
    rows = model.objects.filter(console=OuterRef("pk"), active=True).order_by().values("console")
    number = rows.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


@admin.register(Console)
class ConsoleAdmin(SpreadsheetUpload, HookAddress, ConnectionDeletion, BridgeAdmin):
    hook_route = "console-hook"
    list_display = (
        "name",
        "kind_name",
        "state_shown",
        "reason",
        "company_count",
        "computer_count",
        "synced",
        "events_read",
    )
    list_filter = (("state", ChoicesDropdownFilter), ("enabled", BooleanRadioFilter))
    search_fields = ("name", "base_url", "kind")
    panel_template = "bridge/console.html"
    empty_hint = "Connect a management console here: its companies, computers and events are read from it."
    save_buttons: ClassVar[dict[str, bool]] = {
        "show_save_and_add_another": False,
        "show_save_and_continue": False,
    }
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("test_now", "Test now", "network_check", permission="sync"),
        Button("sync_now", "Sync now", "sync", permission="sync", shown=_reads("computers")),
        Button(
            "fetch_events",
            "Fetch events now",
            "notifications",
            permission="sync",
            shown=_reads("events", "mails"),
        ),
        Button(
            "same_account",
            "It is the same account",
            "verified_user",
            permission="change",
            shown=lambda row: row.account_unproven,
            ask="Companies and computers with the ids of known ones will be taken for these, with their "
            "mappings and assets. Is it the same account for sure?",
        ),
        replace(HOOK_ADDRESS, shown=_reads("webhook")),
    )

    state_shown = badge_column("state", "State")
    synced = time_column("synced_at", "Synced")
    events_read = time_column("events_read_at", "Events read")

    @admin.display(description="Kind", ordering="kind")
    def kind_name(self, row: Console) -> str:
        return CONNECTORS[row.kind][0] if row.kind in CONNECTORS else f"{row.kind} (not known any more)"

    @admin.display(description="Reason")
    def reason(self, row: Console) -> str:
        return row.state_reason or "–"

    @admin.display(description="Companies", ordering="companies_found")
    def company_count(self, row: Console) -> int:
        return row.companies_found  # type: ignore[attr-defined,no-any-return]

    @admin.display(description="Computers", ordering="computers_found")
    def computer_count(self, row: Console) -> int:
        return row.computers_found  # type: ignore[attr-defined,no-any-return]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Console]:
        rows = super().get_queryset(request)
        return rows.annotate(companies_found=_count(Company), computers_found=_count(Computer))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A kind that is not known (any more) can be looked at only."""
        return (obj is None or obj.kind in CONNECTORS) and super().has_change_permission(request, obj)

    # ---- the form of its kind ----------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Two steps: the kind, then the form with its fields."""
        if request.GET.get("kind") in CONNECTORS:
            return super().add_view(request, form_url, extra_context)
        if not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)  # answers 403
        context = self.page_context(
            request, "Add console", kinds=[_kind_told(*kind) for kind in console_kinds()]
        )
        return TemplateResponse(request, "bridge/console_kinds.html", context)

    @staticmethod
    def _kind(request: HttpRequest, obj: Console | None) -> str:
        return obj.kind if obj else str(request.GET.get("kind", ""))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kind = self._kind(request, obj)
        if kind in CONNECTORS:
            kwargs["form"] = console_form(kind, obj.credentials if obj else ())
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        kind = self._kind(request, obj)
        return (
            fieldsets_of(kind, obj.credentials if obj else ())
            if kind in CONNECTORS
            else ((None, {"fields": ("name", "enabled")}),)
        )

    # ---- saving and buttons ------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Console, form: Any, change: bool) -> None:
        request.test_run = save_console(obj, requested_by=request.user)  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: Console, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._to_test(request, obj)

    def response_change(self, request: HttpRequest, obj: Console) -> HttpResponse:
        return self._to_test(request, obj)

    def _to_test(self, request: HttpRequest, obj: Console) -> HttpResponse:
        messages.success(request, f"{obj} is saved and is being tested now.")
        return HttpResponseRedirect(admin_url(request.test_run))  # type: ignore[attr-defined]

    def test_now(self, request: HttpRequest, row: Console) -> HttpResponse:
        run = request_console_test(row, sync=row.synced_at is None, requested_by=request.user)
        return HttpResponseRedirect(admin_url(run))

    def same_account(self, request: HttpRequest, row: Console) -> HttpResponse:
        return HttpResponseRedirect(admin_url(take_as_same_account(row, requested_by=request.user)))

    def sync_now(self, request: HttpRequest, row: Console) -> HttpResponse:
        return HttpResponseRedirect(admin_url(request_console_sync(row, requested_by=request.user)))

    def fetch_events(self, request: HttpRequest, row: Console) -> HttpResponse:
        return HttpResponseRedirect(admin_url(request_events(row, requested_by=request.user)))

    def panel(self, request: HttpRequest, row: Console) -> dict[str, Any]:
        return {
            "state_badge": state_badge(row),
            "kind_name": self.kind_name(row),
            "abilities": _said(row.kind) if row.kind in CONNECTORS else [],
            "event_count": Event.objects.filter(console=row).count(),
            "mails": _mails(row) if _reads("mails")(row) else None,
            "last_uploads": last_uploads(row),
            "last_runs": Run.objects.filter(console=row).select_related("console", "plan")[:5],
        }


def _mails(mailbox: Console) -> dict[str, int]:
    """How many mails a mailbox holds, how many of them no rule takes, and how many rules are on."""
    rows = Mail.objects.filter(console=mailbox)
    return {
        "all": rows.count(),
        "untaken": rows.filter(state=MailState.UNTAKEN).count(),
        "rules": mailbox.mail_rules.filter(enabled=True).count(),
    }


def _said(kind: str) -> list[str]:
    """What a kind of console gives, in words."""
    abilities = connector_class(kind).abilities
    words = {
        "companies": "companies",
        "computers": "computers",
        "events": "events (fetched)",
        "webhook": "events (webhook)",
        "mails": "mails (rules make events of them)",
        "pushed": "whatever is sent to the REST API",
        "uploaded": "companies, computers and events from spreadsheets that you upload",
    }
    return [word for name, word in words.items() if getattr(abilities, name)]


def _kind_told(kind: str, label: str) -> dict[str, Any]:
    experimental = connector_class(kind).experimental
    return {"kind": kind, "label": label, "abilities": _said(kind), "experimental": experimental}
