"""The form of an integration profile: every choice by its name in HaloPSA."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelect2Widget

from integrations.admin.choosers import CHOOSE, SearchSelect, number_field, numbers_field, options_by_kind
from integrations.choices import OptionKind
from integrations.models import HaloClient, HaloOption, HaloUser
from ticketing.models import IntegrationProfile

AFTER_SYNC = "The choices appear here after the first sync of the HaloPSA credential."

SELECTS: dict[str, tuple[str, OptionKind, bool, str]] = {
    # field: (label, kind, required, help text)
    "ticket_type": (
        "Ticket type",
        OptionKind.TICKET_TYPE,
        True,
        "An alert type shows its assets on the ticket.",
    ),
    "status_open": ("Status for creation", OptionKind.STATUS, True, "A new ticket begins with it."),
    "status_closed": ("Status for close", OptionKind.STATUS, True, "Must be one that closes a ticket."),
    "sla": ("SLA", OptionKind.SLA, False, "None: the one that HaloPSA gives by ticket type and client."),
    "team": ("Team", OptionKind.TEAM, False, "None: the one that HaloPSA gives by ticket type and client."),
    "agent": ("Halo agent (technician)", OptionKind.AGENT, False, "None: the ticket stays unassigned."),
    "category": ("Category", OptionKind.CATEGORY, False, "Reports and the rules of HaloPSA go by it."),
    "urgency": ("Urgency", OptionKind.URGENCY, False, "None: the one that HaloPSA presets."),
    "impact": ("Impact", OptionKind.IMPACT, False, "None: the one that HaloPSA presets."),
    "note_action": (
        "Action for notes",
        OptionKind.OUTCOME,
        False,
        "Which action adds a note. Whether end users see it is decided by “Notes are public” below.",
    ),
    "closing_action": ("Action for closing", OptionKind.OUTCOME, False, "Which action closes the ticket."),
}

STATUSES = ("status_open", "status_closed")
FIELDSETS: Any = (
    ("Profile", {"fields": ("name", "event_set")}),
    ("Ticket", {"fields": ("ticket_type", "status_open", "status_closed", "category")}),
    ("Urgency", {"fields": ("sla", "priority", "urgency", "impact")}),
    ("Who works at it", {"fields": ("team", "agent")}),
    (
        "For whom",
        {
            "description": "Client, site and asset of a ticket come from company mapping and computer.",
            "fields": ("client", "user"),
        },
    ),
    ("Before its ticket", {"fields": ("wait_minutes", "grouping")}),
    ("While it lasts", {"fields": ("note_minutes", "note_action", "public_notes")}),
    (
        "When it is over",
        {"fields": ("closing_policy", "quiet_minutes", "closing_action", "public_closing", "reopen_hours")},
    ),
    (
        "When a person closes it",
        {"fields": ("after_person", "after_person_hours", "wont_fix_statuses", "wont_fix_categories")},
    ),
    ("Effects in HaloPSA", {"fields": ("mail_end_user", "run_halo_rules")}),
)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = IntegrationProfile
        fields = tuple(name for _, options in FIELDSETS for name in options["fields"])
        help_texts = {
            "name": "A profile per priority works well, e.g. “P1 alerts”, “P2 alerts”.",
            "closing_policy": "What becomes of the ticket when its last alert is over.",
        }

    def __init__(self, *args: Any, credential_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "ticket_type" not in self.fields:
            return
        self.instance.halo_credential_id = self.instance.halo_credential_id or credential_id
        self.number = self.instance.halo_credential_id
        self.options = options_by_kind(self.number, {kind for _, kind, *_ in SELECTS.values()})
        for name, (label, kind, required, help_text) in SELECTS.items():
            self.fields[name] = number_field(
                self.options[kind],
                label=label,
                chosen=getattr(self.instance, name),
                required=required,
                help_text=help_text,
                nothing_yet=AFTER_SYNC,
            )
        if self.instance.pk is None:
            self.initial.setdefault("ticket_type", _alert_type(self.options[OptionKind.TICKET_TYPE]))
        self._allowed = self._allowed_statuses()
        for name in STATUSES:
            values = {str(kind): list(map(str, statuses)) for kind, statuses in self._allowed.items()}
            self.fields[name].widget.attrs.update(
                {"data-allowed": json.dumps(values), "data-allowed-by": "id_ticket_type"}
            )
        self._add_priority()
        self._add_searches()
        self._add_wont_fix()

    def _allowed_statuses(self) -> dict[int, list[int]]:
        """By ticket type (Halo's id): its statuses, where it does not allow all of them."""
        types = HaloOption.objects.filter(halo_credential=self.number, kind=OptionKind.TICKET_TYPE)
        told = types.values_list("halo_id", "extra")
        return {int(number): extra["statuses"] for number, extra in told if extra.get("statuses")}

    def _add_priority(self) -> None:
        """Priorities are numbered within their SLA: the value of a choice names both."""
        slas = dict(self.options[OptionKind.SLA])
        groups: dict[str, list[tuple[str, str]]] = {}
        rows = HaloOption.objects.filter(halo_credential=self.number, kind=OptionKind.PRIORITY, active=True)
        for parent, halo_id, name in rows.order_by("parent", "halo_id").values_list(
            "parent", "halo_id", "name"
        ):
            sla = slas.get(int(parent), f"SLA {parent}") if parent.isdigit() else "Without SLA"
            groups.setdefault(sla, []).append((f"{parent}/{halo_id}", f"{name} ({sla})"))
        self.fields["priority"] = forms.ChoiceField(
            choices=[("", "– none –"), *groups.items()],
            required=False,
            label="Priority",
            help_text="Priorities belong to an SLA. Choosing one without an SLA chooses its SLA as well.",
            widget=UnfoldAdminSelect2Widget(attrs={"data-within": "id_sla"}),
        )
        if self.instance.priority is not None:
            self.initial["priority"] = f"{self.instance.sla or ''}/{self.instance.priority}"

    def _add_wont_fix(self) -> None:
        kinds = {"wont_fix_statuses": OptionKind.STATUS, "wont_fix_categories": OptionKind.CATEGORY}
        for name, kind in kinds.items():
            field = self.fields[name]
            self.fields[name] = numbers_field(
                self.options[kind],
                label=str(field.label),
                chosen=getattr(self.instance, name),
                help_text=str(field.help_text),
            )

    def _add_searches(self) -> None:
        within = f"halo_credential={self.number}"
        self.fields["client"] = forms.ModelChoiceField(
            HaloClient.objects.filter(halo_credential=self.number, active=True),
            required=False,
            label="Halo client [customer]",
            help_text="Only for events that belong to no company. None: such events wait.",
            widget=SearchSelect("admin:integrations_haloclient_choose", query=within),
        )
        self.fields["user"] = forms.ModelChoiceField(
            HaloUser.objects.filter(halo_credential=self.number, active=True).select_related("site__client"),
            required=False,
            label="Halo user (end user)",
            help_text=(
                "Only used where this end user belongs to the ticket's client; else the asset's own, else "
                "the site's."
            ),
            widget=SearchSelect("admin:integrations_halouser_choose", query=within),
        )
        self.fields["event_set"].empty_label = CHOOSE  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        text = cleaned.get("priority") or ""
        sla, _, number = text.partition("/")
        cleaned["priority"] = int(number) if number.lstrip("-").isdigit() else None
        if cleaned["priority"] is not None and sla.isdigit():
            chosen = cleaned.get("sla")
            if chosen is not None and chosen != int(sla):
                self.add_error(
                    "priority", "This priority belongs to another SLA. Choose one of the chosen SLA."
                )
            cleaned["sla"] = int(sla)
        self._check_statuses(cleaned)
        return cleaned

    def _check_statuses(self, cleaned: dict[str, Any]) -> None:
        """A ticket type may allow some statuses only; HaloPSA would refuse the others ticket by ticket."""
        chosen = cleaned.get("ticket_type")
        allowed = self._allowed.get(chosen or 0)
        named = dict(self.options[OptionKind.TICKET_TYPE]).get(chosen or 0)
        for name in STATUSES:
            if allowed and cleaned.get(name) is not None and cleaned[name] not in allowed:
                self.add_error(name, f"The ticket type {named} does not allow this status in HaloPSA.")

    def _get_validation_exclusions(self) -> set[str]:
        """The credential is no input, but the unique rules need it."""
        return set(super()._get_validation_exclusions()) - {"halo_credential"}  # type: ignore[misc]


def _alert_type(types: list[tuple[int, str]]) -> int | None:
    """The ticket type for alerts, as most HaloPSA have one: the first that is called so; None: choose."""
    return next((number for number, name in types if "alert" in name.lower()), None)
