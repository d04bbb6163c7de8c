"""Event types as checkboxes, grouped by category; of the kinds of remediation at most one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from integrations.catalogue import CATEGORIES, EVENT_TYPES, REMEDIATION_CHOICES

ONLY_ONE = "At most one of the first four: they are ways of cutting the same findings into tickets."
SAID = {
    "evidenced": "",
    "likely": "The vendor has the feature; its name as an event is ours.",
    "completed": "Added here so that the category is complete.",
}


class EventTypesWidget(forms.CheckboxSelectMultiple):
    """One fieldset per category, each with a box that ticks all of it (where a script may run)."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(value or ())
        groups = [
            {
                "category": category,
                "only_one": any(info.key in REMEDIATION_CHOICES for info in infos),
                "types": [
                    (info, info.key in chosen, SAID.get(info.certainty, ""), info.key in REMEDIATION_CHOICES)
                    for info in infos
                ],
            }
            for category in CATEGORIES
            if (infos := [info for info in EVENT_TYPES.values() if info.category == category])
        ]
        html: SafeString = render_to_string(
            "bridge/event_types.html", {"name": name, "groups": groups, "only_one": ONLY_ONE}
        )
        return html

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class EventTypesField(forms.MultipleChoiceField):
    """A list of catalogue keys."""

    widget = EventTypesWidget

    def __init__(self, **kwargs: Any) -> None:
        choices = [(info.key, info.name) for info in EVENT_TYPES.values()]
        super().__init__(choices=choices, label="Event types", required=True, **kwargs)
        self.error_messages["required"] = "Tick at least one event type."
