"""Maintenance windows, snoozes, storms and the settings of what is too much."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminTextInputWidget,
)

from integrations.admin.bases import BridgeAdmin, Button, HistoryAdmin
from integrations.admin.display import badge, badge_column, row_link, time_column, word_badge
from integrations.catalogue import EVENT_TYPES
from ticketing.models import MaintenanceWindow, NoiseSettings, Snooze, Storm
from ticketing.noise import deciding
from ticketing.noise.gathering import times_of
from ticketing.noise.recurrence import next_begin, on_until

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVENT_TYPE_CHOICES = [(key, f"{info.category}: {info.name}") for key, info in EVENT_TYPES.items()]
RELEASE = (
    "Give each alert of {row} that is still open a ticket of its own? The ticket that lists them is closed."
)
DISSOLVE = (
    "Close the ticket that lists the alerts of {row}? Those that are open get no ticket until they have "
    "ended and come back."
)


class NoisyAdmin(BridgeAdmin):
    """What is changed here lets alerts go that were held back, or holds others: they are judged again."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        deciding.noise_changed()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        deciding.noise_changed()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        deciding.noise_changed()


# ---- maintenance windows --------------------------------------------------------------------


class TagsField(forms.CharField):
    """A list of texts, typed with commas between them."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys(part.strip() for part in (value or "").split(",") if part.strip()))


class MaintenanceWindowForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(
        choices=[(name, name.replace("_", " ")) for name in sorted(available_timezones())],
        widget=UnfoldAdminSelect2Widget,
        help_text=MaintenanceWindow._meta.get_field("time_zone").help_text,
    )
    weekdays = forms.TypedMultipleChoiceField(
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=MaintenanceWindow._meta.get_field("weekdays").help_text,
    )
    tags = TagsField(
        required=False,
        help_text="Of computers or companies, with commas between them, as the console spells them.",
    )
    event_types = forms.MultipleChoiceField(
        choices=EVENT_TYPE_CHOICES,
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
        help_text="None: all of them.",
    )

    class Meta:
        model = MaintenanceWindow
        fields = (
            "name",
            "enabled",
            "time_zone",
            "begins_on",
            "begins_at",
            "minutes",
            "repeats",
            "weekdays",
            "ends_on",
            "companies",
            "computers",
            "tags",
            "event_types",
        )
        help_texts = {
            "name": "For staff, e.g. “Patch night”; it stands at the alerts that wait.",
            "enabled": "Off: alerts make their tickets as always.",
            "minutes": "From its beginning; it may go past midnight.",
            "repeats": "When it comes again after the first day.",
            "companies": "None: of every company.",
            "computers": "None: every computer.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields and not self.instance.pk:
            self.initial.setdefault("time_zone", settings.HALOBRIDGE_TIME_ZONE)


@admin.register(MaintenanceWindow)
class MaintenanceWindowAdmin(NoisyAdmin):
    form = MaintenanceWindowForm
    compressed_fields = False
    fieldsets = (
        (None, {"fields": ("name", "enabled")}),
        (
            "When",
            {"fields": ("time_zone", "begins_on", "begins_at", "minutes", "repeats", "weekdays", "ends_on")},
        ),
        (
            "For what",
            {
                "description": "Nothing chosen: for everything. Else an alert has to fit each filled line.",
                "fields": ("companies", "computers", "tags", "event_types"),
            },
        ),
    )
    autocomplete_fields = ("companies", "computers")
    list_display = ("name", "on", "repeats", "time_zone", "begins_at", "minutes")
    list_filter = (("enabled", BooleanRadioFilter),)
    search_fields = ("name", "companies__name", "computers__name")
    empty_hint = (
        "While a maintenance window is on, alerts make no tickets; what is still open when it ends gets one."
    )

    @admin.display(description="State")
    def on(self, row: MaintenanceWindow) -> SafeString:
        if not row.enabled:
            return word_badge("Switched off")
        now, times = timezone.now(), times_of(row)
        if until := on_until(times, now):
            return word_badge("On", f"Until {timezone.localtime(until):%Y-%m-%d %H:%M %Z}.")
        begins = next_begin(times, now)
        if begins is None:
            return word_badge("Over")
        return badge(f"From {timezone.localtime(begins):%Y-%m-%d %H:%M %Z}", "info")


# ---- snoozes --------------------------------------------------------------------------------


class SnoozeForm(forms.ModelForm):  # type: ignore[type-arg]
    event_type = forms.ChoiceField(
        choices=[("", "– any –"), *EVENT_TYPE_CHOICES],
        required=False,
        widget=UnfoldAdminSelect2Widget,
        help_text="Only alerts of this kind. What is given above has to fit as well.",
    )

    class Meta:
        model = Snooze
        fields = ("alert", "company", "computer", "event_type", "until", "reason")
        help_texts = {
            "alert": "Only this alert. Empty: all that fit the lines below.",
            "company": "All alerts of this company.",
            "computer": "All alerts of this computer.",
            "reason": "For colleagues: why nobody wants a ticket of it, e.g. the number of the change.",
        }


@admin.register(Snooze)
class SnoozeAdmin(NoisyAdmin):
    form = SnoozeForm
    fields = ("alert", "company", "computer", "event_type", "until", "reason")
    autocomplete_fields = ("alert", "company", "computer")
    list_display = ("about_shown", "state_shown", "ends", "reason", "made_by", "made")
    list_select_related = ("alert", "company", "computer", "made_by")
    search_fields = ("company__name", "computer__name", "reason", "event_type")
    empty_hint = (
        "A snooze holds alerts back until a time, an exclusion for good. The quickest way to one is the "
        "list of the loudest, or the button on an alert."
    )
    ends = time_column("until", "Until")
    made = time_column("created_at", "Made")

    @admin.display(description="For")
    def about_shown(self, row: Snooze) -> str:
        return row.about[:1].upper() + row.about[1:]

    @admin.display(description="State")
    def state_shown(self, row: Snooze) -> SafeString:
        if row.until is None:
            return badge("Excluded", "warn")
        return badge("Snoozed", "info") if row.until > timezone.now() else word_badge("Over")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.made_by = obj.made_by or request.user
        super().save_model(request, obj, form, change)


# ---- how much is too much -------------------------------------------------------------------


class NoiseSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = NoiseSettings
        fields = "__all__"  # noqa: DJ007  the admin names them
        help_texts = {"halo_credential": "The settings are for tickets of this HaloPSA credential."}


@admin.register(NoiseSettings)
class NoiseSettingsAdmin(NoisyAdmin):
    form = NoiseSettingsForm
    fields = ("halo_credential", "offline_mutes", "storm_minutes", "storm_company", "storm_all")
    list_display = ("halo_credential", "offline_mutes", "storm_company", "storm_all", "storm_minutes")
    list_filter = (("halo_credential", RelatedDropdownFilter),)
    list_select_related = ("halo_credential",)
    empty_hint = (
        "Every HaloPSA credential has the defaults until settings for it are added here: whether an offline "
        "computer mutes its other alerts, and from how many tickets on there is a storm."
    )


@admin.register(Storm)
class StormAdmin(HistoryAdmin):
    list_display = (
        "__str__",
        "state_shown",
        "reason",
        "ticket_shown",
        "alerts_shown",
        "newest",
        "decided_by",
    )
    fields = (
        "state_shown",
        "reason",
        "halo_credential",
        "company_shown",
        "ticket_shown",
        "began",
        "newest",
        "ended",
        "decided_by",
    )
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("halo_credential", RelatedDropdownFilter),
    )
    list_select_related = ("halo_credential", "company", "ticket", "decided_by")
    empty_hint = "When more tickets are wanted at once than anybody could read, one ticket lists them."
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "release",
            "Release: a ticket for each",
            "call_split",
            ask=RELEASE,
            shown=lambda row: row.state in deciding.UNDECIDED,
        ),
        Button(
            "dissolve",
            "Dissolve",
            "layers_clear",
            tone="bad",
            ask=DISSOLVE,
            shown=lambda row: row.state in deciding.UNDECIDED,
        ),
    )
    state_shown = badge_column("state", "State")
    began = time_column("began_at", "Began")
    newest = time_column("newest_at", "Newest alert")
    ended = time_column("ended_at", "Ended")

    @admin.display(description="Ticket")
    def ticket_shown(self, row: Storm) -> SafeString | str:
        return row_link(row.ticket, row.ticket.halo_id or "not sent yet") if row.ticket else "–"

    @admin.display(description="Company")
    def company_shown(self, row: Storm) -> SafeString | str:
        return row_link(row.company)

    @admin.display(description="Alerts")
    def alerts_shown(self, row: Any) -> int:
        return int(row.listed)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Storm]:
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        return rows.annotate(listed=Count("ticket__alerts"))

    def release(self, request: HttpRequest, row: Storm) -> None:
        self._decide(request, row, deciding.release, "Released: {} will get a ticket of its own.")

    def dissolve(self, request: HttpRequest, row: Storm) -> None:
        self._decide(request, row, deciding.dissolve, "Dissolved: {} get no ticket of its own.")

    def _decide(self, request: HttpRequest, row: Storm, act: Any, words: str) -> None:
        try:
            number = act(row, request.user)
        except deciding.NothingToDecide as changed:
            messages.warning(request, str(changed))
        else:
            messages.success(request, words.format(f"{number} alert{'' if number == 1 else 's'}"))
