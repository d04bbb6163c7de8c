"""The form of a console: its credential fields are those that the connector of its kind declares."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.utils.html import escape
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from integrations.connections import check_console_credentials, problems_of_console
from integrations.models import Console
from integrations.net.hosts import AddressError
from integrations.registry import connector_class

if TYPE_CHECKING:
    from integrations.connectors.base import CredentialField

PREFIX = "credential_"
FORGET = "forget_"


def _choice_of(item: CredentialField, choices: Mapping[str, str]) -> forms.Field:
    """An input for a setting: what is usual needs no choice."""
    if item.several:
        return forms.MultipleChoiceField(
            label=item.label,
            help_text=f"{item.help_text} Nothing ticked: {item.usual[:1].lower()}{item.usual[1:]}.",
            choices=list(choices.items()),
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
            required=item.required,
        )
    return forms.ChoiceField(
        label=item.label,
        help_text=item.help_text,
        choices=[("", item.usual), *choices.items()],
        widget=UnfoldAdminSelectWidget,
        required=item.required,
    )


def _field_of(item: CredentialField, *, stored: bool) -> forms.Field:
    """An input for one credential. A stored secret may be left empty (it stays) and is never shown."""
    if item.choices is not None:
        return _choice_of(item, item.choices)
    help_text = item.help_text
    if item.secret and stored:
        help_text = f"{help_text} Leave empty to keep the stored one.".strip()
    attrs = {"autocomplete": "new-password"} if item.secret else {"autocomplete": "off"}
    widget = (
        UnfoldAdminPasswordWidget(attrs=attrs) if item.secret else UnfoldAdminTextInputWidget(attrs=attrs)
    )
    return forms.CharField(
        label=item.label,
        help_text=help_text,
        widget=widget,
        required=item.required and not (item.secret and stored),
    )


def _shown(item: CredentialField, stored: str) -> str | list[str]:
    if item.choices is None:
        return stored
    chosen = item.chosen(stored)
    return chosen if item.several else "".join(chosen[:1])


def _text_of(typed: Any) -> str:
    return ", ".join(typed) if isinstance(typed, list) else str(typed or "").strip()


class ConsoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Made by `console_form` for one kind; `kind` is not an input of its own."""

    console_kind = ""

    class Meta:
        model = Console
        fields = ("name", "base_url", "time_zone", "event_minutes", "enabled")
        help_texts = {
            "name": "How it is called here, e.g. the name of the vendor's account.",
            "enabled": "Off: nothing is read from this console.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        connector = connector_class(self.console_kind)
        if "time_zone" in self.fields:
            zones = [(zone, zone) for zone in sorted(available_timezones())]
            self.fields["time_zone"] = forms.ChoiceField(
                choices=zones,
                widget=UnfoldAdminSelect2Widget,
                help_text=Console._meta.get_field("time_zone").help_text,
                initial="UTC",
            )
        if "event_minutes" in self.fields:
            self.fields[
                "event_minutes"
            ].help_text = f"Empty: {connector.event_minutes}, as usual for this kind."
        if "base_url" in self.fields and connector.default_base_url:
            self.fields[
                "base_url"
            ].help_text = f"Empty: the vendor's own address, {connector.default_base_url}"
            self.fields["base_url"].widget.attrs["placeholder"] = connector.default_base_url
        if "base_url" in self.fields and connector.address_help:
            self.fields["base_url"].help_text = connector.address_help
            self.fields["base_url"].required = True
        for field in self.fields.values():
            # Help texts are HTML, and what is to be filled in stands in angle brackets.
            field.help_text = escape(field.help_text)
        for item in connector.credential_fields:
            if PREFIX + item.name in self.fields and not item.secret:
                self.initial[PREFIX + item.name] = _shown(item, self.instance.credentials.get(item.name, ""))

    def clean_base_url(self) -> str:
        """Refuses what is no address, and one that holds a password: addresses are readable."""
        typed: str = self.cleaned_data["base_url"].strip()
        try:
            return connector_class(self.console_kind).normalise_address(typed) if typed else ""
        except AddressError as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        credentials = self._credentials(cleaned)
        problems = check_console_credentials(self.console_kind, credentials)
        if self.instance.pk and "base_url" not in self.errors:
            base_url = cleaned.get("base_url", self.instance.base_url)
            typed = {name for name in credentials if _text_of(cleaned.get(PREFIX + name))}
            problems |= problems_of_console(self.instance, base_url, credentials, typed)
        for name, problem in problems.items():
            field = PREFIX + name
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, problem)
        self.instance.kind, self.instance.credentials = self.console_kind, credentials
        return cleaned

    def _credentials(self, cleaned: dict[str, Any]) -> dict[str, str]:
        """What was typed; where nothing was, a stored secret stays unless it is to be forgotten."""
        stored = self.instance.credentials or {}
        found: dict[str, str] = {}
        for item in connector_class(self.console_kind).credential_fields:
            typed = _text_of(cleaned.get(PREFIX + item.name))
            kept = stored.get(item.name, "") if item.secret and not cleaned.get(FORGET + item.name) else ""
            found[item.name] = typed or kept
        return {name: value for name, value in found.items() if value}


def _inputs(kind: str, stored: Collection[str]) -> dict[str, forms.Field]:
    """Inputs by their names, in the connector's order; an optional secret that is stored can be forgotten."""
    fields: dict[str, forms.Field] = {}
    for item in connector_class(kind).credential_fields:
        fields[PREFIX + item.name] = _field_of(item, stored=item.name in stored)
        if item.secret and not item.required and item.name in stored:
            fields[FORGET + item.name] = forms.BooleanField(
                label=f"Forget the stored {item.label}",
                required=False,
                help_text="On: it is deleted when you save, and the console is read without it.",
                widget=UnfoldBooleanSwitchWidget,
            )
    return fields


def console_form(kind: str, stored: Collection[str] = ()) -> type[ConsoleForm]:
    """The form class for consoles of one kind; `stored` names the credentials that are there already."""
    return type("ConsoleFormOfKind", (ConsoleForm,), {**_inputs(kind, stored), "console_kind": kind})


def fieldsets_of(kind: str, stored: Collection[str] = ()) -> tuple[Any, ...]:
    connector = connector_class(kind)
    abilities = connector.abilities
    waits = abilities.pushed or abilities.uploaded
    connection = ("name", *(() if waits else ("base_url",)), *_inputs(kind, stored))
    said = f"Where {connector.label} is reached, and the keys that it gave you. Saving tests them."
    if abilities.pushed:
        said = "This console waits for what is sent to the REST API; it needs no address and no keys."
    elif abilities.uploaded:
        said = "This console waits for spreadsheets that you upload here; it needs no address and no keys."
    reading = ("time_zone", *(("event_minutes",) if abilities.events or abilities.mails else ()), "enabled")
    return (
        (connector.label, {"description": said, "fields": connection}),
        ("Reading", {"fields": reading}),
    )
