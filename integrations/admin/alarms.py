"""Own alarms: whom they are sent to, and what was told when."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordWidget

from integrations.admin.bases import BridgeAdmin, Button, HistoryAdmin
from integrations.admin.display import NOTHING, admin_url, badge, time_column, two_lines, word_badge
from integrations.choices import AlarmKind, ChannelKind, NoticeState
from integrations.models import Alarm, AlarmChannel, AlarmNotice
from integrations.runs.request import request_alarm_test

KEEP = "Stored encrypted and never shown again. Leave empty to keep the stored one."
FIELDS = ("name", "kind", "recipients", "address", "heartbeat_minutes", "alarms", "enabled")
TONES = {NoticeState.SENT: "good", NoticeState.LOST: "warn", NoticeState.FAILED: "bad"}


class AlarmChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """The stored address never leaves the database: the input is always empty."""

    address = forms.CharField(
        required=False,
        max_length=2000,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="For everything but mail: the address of the webhook or heartbeat, with https://.",
    )
    alarms = forms.MultipleChoiceField(
        label="Alarms that it is told",
        choices=AlarmKind.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=AlarmChannel._meta.get_field("alarms").help_text,
    )

    class Meta:
        model = AlarmChannel
        fields = FIELDS
        help_texts = {
            "name": "For staff, e.g. “On call, Teams”.",
            "kind": "Mail, a chat or a webhook that is told, or a heartbeat that a watcher outside expects.",
            "enabled": "Off: it is told nothing.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.pop("address", None)
        if "address" in self.fields and self.instance.address:
            self.fields["address"].help_text = KEEP

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        return typed or self.instance.address


@admin.register(AlarmChannel)
class AlarmChannelAdmin(BridgeAdmin):
    form = AlarmChannelForm
    list_display = ("name", "kind", "told_of", "enabled", "state_shown", "last_sent")
    list_filter = (("kind", ChoicesDropdownFilter), ("enabled", BooleanRadioFilter))
    search_fields = ("name",)
    empty_hint = (
        "Say here who is told when the queue stops, a connection breaks, something waits for an approval, "
        "HaloPSA refuses tickets or a console falls silent: once, and once when it is over."
    )
    buttons: ClassVar[tuple[Button, ...]] = (Button("send_test", "Send a test", "send"),)

    last_sent = time_column("sent_at", "Last sent")

    @admin.display(description="Told of")
    def told_of(self, row: AlarmChannel) -> str:
        if row.kind == ChannelKind.HEARTBEAT:
            return NOTHING
        return ", ".join(AlarmKind(kind).label for kind in row.alarms) or "All alarms"

    @admin.display(description="State")
    def state_shown(self, row: AlarmChannel) -> SafeString | str:
        if row.problem:
            return two_lines(badge("Problem", "bad"), row.problem)
        return badge("Works", "good") if row.sent_at else NOTHING

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the address for those who may only look: Django would show what is stored."""
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return FIELDS if may else tuple(name for name in FIELDS if name != "address")

    def send_test(self, request: HttpRequest, row: AlarmChannel) -> HttpResponse:
        return HttpResponseRedirect(admin_url(request_alarm_test(row, requested_by=request.user)))


@admin.register(Alarm)
class AlarmAdmin(HistoryAdmin):
    list_display = ("title", "kind", "state_shown", "began", "ended", "told")
    fields = ("title", "kind", "text", "state_shown", "began", "ended", "told")
    list_filter = (("kind", ChoicesDropdownFilter),)
    search_fields = ("title", "text")
    empty_hint = "What failed is noted here, whether or not somebody is told: see Alarm channels."

    began = time_column("began_at", "Began")
    ended = time_column("ended_at", "Over")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alarm]:
        return super().get_queryset(request).prefetch_related("notices__channel")

    @admin.display(description="State", ordering="ended_at")
    def state_shown(self, row: Alarm) -> SafeString:
        return word_badge("Over") if row.ended_at else badge("Lasts", "bad")

    @admin.display(description="Told")
    def told(self, row: Alarm) -> SafeString | str:
        lines = [(_notice_badge(notice), notice.channel, _about(notice)) for notice in row.notices.all()]
        return format_html_join("", "<div>{} {}, {}</div>", lines) or NOTHING


def _notice_badge(notice: AlarmNotice) -> SafeString:
    tone = TONES.get(NoticeState(notice.state), "neutral")
    return badge(notice.get_state_display(), tone, notice.problem)


def _about(notice: AlarmNotice) -> str:
    return "that it is over" if notice.over else "that it began"
