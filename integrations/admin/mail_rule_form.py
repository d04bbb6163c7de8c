"""The form of a mail rule: what a preset or a mail fills in, and choices by their names."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import escape
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminTextareaWidget

from integrations.catalogue import CATEGORIES, EVENT_TYPES
from integrations.ingest.mail_rules import behind_the_last
from integrations.models import Console, Mail, MailRule
from integrations.registry import CONNECTORS, connector_class, mail_presets

FIELDSETS: Any = (
    (None, {"fields": ("console", "name", "enabled", "speaks_for")}),
    (
        "Which mails",
        {
            "description": "All of it has to fit. The first rule, in their order, that takes a mail wins.",
            "fields": ("sender", "authenticated_by", "subject", "body"),
        },
    ),
    (
        "What they tell",
        {"fields": ("event_type", "severity", "state", "resolved_pattern", "series")},
    ),
)
PATTERNS = ("subject", "body", "resolved_pattern")
LONGEST_SUBJECT = 300


def kinds_with(ability: str) -> list[str]:
    return [kind for kind in CONNECTORS if getattr(connector_class(kind).abilities, ability)]


def mailboxes() -> Any:
    return Console.objects.filter(kind__in=kinds_with("mails")).order_by("name")


def _event_types() -> list[Any]:
    groups = [
        (category, [(info.key, info.name) for info in EVENT_TYPES.values() if info.category == category])
        for category in CATEGORIES
    ]
    return [("", "– choose –"), *groups]


class MailRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    event_type = forms.ChoiceField(
        choices=_event_types,
        widget=UnfoldAdminSelect2Widget,
        help_text="What such a mail becomes; event sets choose by it.",
    )

    class Meta:
        model = MailRule
        fields = tuple(name for _, options in FIELDSETS for name in options["fields"])
        widgets = {
            name: UnfoldAdminTextareaWidget(attrs={"rows": 2, "spellcheck": "false", "class": "hb-code"})
            for name in PATTERNS
        }
        help_texts = {
            "console": "The mailbox whose mails the rule reads.",
            "enabled": "Off: mails are read as if there was no such rule.",
            "state": "Whether the alert begins with such a mail or is over.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "console" not in self.fields:
            return
        for name in PATTERNS:
            # Help texts are HTML, and the names of parts stand in angle brackets.
            self.fields[name].help_text = escape(self.fields[name].help_text)
        boxes = mailboxes()
        self.fields["console"].queryset = boxes  # type: ignore[attr-defined]
        others = Console.objects.exclude(kind__in=kinds_with("mails")).order_by("name")
        self.fields["speaks_for"].queryset = others  # type: ignore[attr-defined]
        if self.instance.pk is None and len(boxes) == 1:
            self.initial.setdefault("console", boxes[0].pk)

    def clean(self) -> dict[str, Any]:
        """Lines of a text field end with two signs; in a pattern the first of them would be looked for."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in PATTERNS:
            cleaned[name] = str(cleaned.get(name) or "").replace("\r\n", "\n").strip("\n")
        return cleaned

    def save(self, commit: bool = True) -> MailRule:
        rule: MailRule = self.instance
        moved = rule.pk is None or "console" in self.changed_data
        if moved:
            rule.position = behind_the_last(rule.console)
        return super().save(commit)  # type: ignore[no-any-return]


# ---- what it starts from --------------------------------------------------------------------


def presets_by_vendor() -> list[tuple[str, list[tuple[str, Any]]]]:
    """(vendor, [(value, preset)]) of all kinds that have some."""
    found = [(kind, mail_presets(kind)) for kind in CONNECTORS]
    return [
        (CONNECTORS[kind][0], [(f"{kind}.{preset.key}", preset) for preset in presets])
        for kind, presets in found
        if presets
    ]


def preset_of(value: str) -> tuple[str, Any] | None:
    """(kind, preset) by what `presets_by_vendor` calls it."""
    kind, _, key = value.partition(".")
    presets = mail_presets(kind) if kind in CONNECTORS else ()
    return next(((kind, preset) for preset in presets if preset.key == key), None)


def filled_in(request: HttpRequest) -> dict[str, Any]:
    """What `?preset=` or `?mail=` of the address fills into a new rule."""
    if found := preset_of(request.GET.get("preset", "")):
        return _from_preset(*found)
    number = request.GET.get("mail", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        mail = Mail.objects.filter(pk=int(number)).first()
        return from_mail(mail) if mail else {}
    return {}


def _from_preset(kind: str, preset: Any) -> dict[str, Any]:
    fields = (
        "name",
        "sender",
        "subject",
        "body",
        "event_type",
        "severity",
        "state",
        "resolved_pattern",
        "series",
    )
    speaks_for = list(Console.objects.filter(kind=kind).order_by("pk").values_list("pk", flat=True)[:2])
    found = {name: getattr(preset, name) for name in fields}
    return {**found, "speaks_for": speaks_for[0] if len(speaks_for) == 1 else None}


def from_mail(mail: Mail) -> dict[str, Any]:
    return {
        "console": mail.console_id,
        "name": mail.subject[:80],
        "sender": mail.sender,
        "subject": subject_pattern(mail.subject),
    }


def subject_pattern(subject: str) -> str:
    """The subject as a pattern that means it literally; staff replace what differs from mail to mail."""
    literal = re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", subject[:LONGEST_SUBJECT])
    return f"^{literal}$" if subject and len(subject) <= LONGEST_SUBJECT else literal
