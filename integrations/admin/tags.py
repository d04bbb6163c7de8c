"""Template tags of our own pages: `{% load bridge %}`. They only show; the filters never ask the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString

from integrations.admin import display, writing
from integrations.admin.changes import Difference, differences
from integrations.admin.gauges import Gauge, gauges_of
from integrations.admin.namesakes import label_of
from integrations.admin.run_words import outcome_of
from integrations.admin.tones import CHANGE_TONES
from integrations.admin.writing import WritingControl
from integrations.models import HaloChange, HaloCredential, Run
from integrations.net.redact import redact
from integrations.sync.rights import is_asked

register = template.Library()

_PERMISSIONS = {"works": ("Works", "good"), "refused": ("Refused", "bad"), "unknown": ("Unknown", "neutral")}


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    return display.moment(at)


@register.filter
def as_json(value: Any) -> str:
    """Indented, as it can be read and copied; what looks like a secret is masked."""
    return redact(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))


@register.filter
def duration(seconds: float | None) -> str:
    return display.duration(seconds)


@register.filter
def state_badge(row: Model, field: str = "state") -> SafeString:
    return display.state_badge(row, field)


@register.filter
def row_link(row: Model | None, text: object = "") -> SafeString | str:
    return display.row_link(row, text)


@register.filter
def named(row: Model) -> str:
    """The row's name, with what tells it from others of that name where the page has looked for them."""
    return label_of(row)


@register.filter
def permission_badge(state: str) -> SafeString:
    return display.badge(*_PERMISSIONS.get(state, _PERMISSIONS["unknown"]))


@register.filter
def right_badge(row: dict[str, Any], credential: HaloCredential) -> SafeString:
    """The state of a right; one that the credential does not ask for is not there by intent."""
    if row.get("state") == "refused" and not is_asked(row, credential.scopes):
        return display.badge("Not asked for", "neutral")
    return permission_badge(row.get("state", ""))


@register.filter
def lack(credential: HaloCredential | None, key: str) -> str:
    """Why HaloPSA refuses something to a credential; '' where it may, or is not known."""
    return credential.lacks(key) if credential else ""


@register.filter
def about(run: Run) -> SafeString | str:
    """Which connection or preview a run is about."""
    return display.row_link(run.plan or run.halo_credential or run.console or run.instance)


@register.filter
def outcome(run: Run) -> str:
    return outcome_of(run)


@register.filter
def changes(row: Any) -> list[Difference]:
    """Before and after of a planned change or a result."""
    return differences(row.before, row.after)


@register.filter
def change_badge(row: HaloChange) -> SafeString:
    return display.state_badge(row, "kind", CHANGE_TONES)


@register.filter
def before_and_after(row: HaloChange) -> SafeString:
    return display.before_and_after(row)


@register.filter
def of(mapping: dict[Any, Any], key: object) -> Any:
    """The value under a key that is known only at this moment."""
    return mapping.get(key)


@register.filter
def at(items: Sequence[Any], place: int) -> Any:
    """One of several, by its place from 0."""
    return items[place]


@register.simple_tag(takes_context=True)
def writing_control(context: template.Context) -> WritingControl | None:
    """Whether anything may be written, for the header of a page. One query."""
    request = context.get("request")
    return writing.writing_control(request) if request is not None and hasattr(request, "user") else None


@register.simple_tag
def api_limits(credentials: list[HaloCredential]) -> list[Gauge]:
    """The gauge of every instance of all credentials (with their instances). One query."""
    instances = {row.instance_id: row.instance for row in credentials}
    return gauges_of(instances.values(), credentials)


@register.simple_tag
def why_empty(model_admin: Any) -> str:
    """Why a list has no rows, where its pages know more than the hint of every empty list."""
    return str(model_admin.why_empty()) if hasattr(model_admin, "why_empty") else ""
