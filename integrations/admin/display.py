"""How values are shown: the same badge, colour and wording for the same state on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.admin.tones import TONES, TONES_OF_KIND
from integrations.catalogue import EVENT_TYPES

NOTHING: Final = "–"


def badge(text: object, tone: str = "neutral", title: str = "") -> SafeString:
    """A small label; `tone` is good, info, warn, bad or neutral."""
    return format_html('<span class="hb-badge hb-badge--{}" title="{}">{}</span>', tone, title, text)


def state_badge(row: Model, field: str = "state", tones: Mapping[str, str] = TONES) -> SafeString:
    """The badge of a field with choices, in its label's words; what stands in brackets is the tool tip.

    A connection that is switched off says so instead of how its last test went.
    """
    value = str(getattr(row, field))
    label = str(getattr(row, f"get_{field}_display")())
    if field == "state" and not getattr(row, "enabled", True):
        return word_badge("Switched off", f"It is not used. At its last test: {label}.")
    tone = TONES_OF_KIND.get((str(row._meta.model_name), value)) or tones.get(value, "neutral")
    return badge(label.split(" (")[0], tone, label if " (" in label else "")


def word_badge(word: str, title: str = "") -> SafeString:
    """The badge of a state that no field holds, e.g. `Over`: its tone is that of the word in `TONES`."""
    return badge(word, TONES[word.lower().replace(" ", "_")], title)


def moment(at: datetime | None) -> SafeString | str:
    """A time with its zone; the browser turns it into the reader's own zone."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at)
    return format_html(
        '<time class="hb-time" datetime="{}">{}</time>',
        at.isoformat(),
        local.strftime("%Y-%m-%d %H:%M %Z"),
    )


def day(on: date | None) -> SafeString | str:
    """A day, never broken into two lines."""
    return format_html('<span class="hb-day">{}</span>', on.isoformat()) if on else NOTHING


def duration(seconds: float | None) -> str:
    """Seconds in words of at most two units, e.g. `2 min 5 s`."""
    if seconds is None:
        return NOTHING
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def admin_url(row: Model, page: str = "change") -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=(quote(row.pk),))


def link(url: str, text: object) -> SafeString:
    return format_html('<a class="hb-link" href="{}">{}</a>', url, text)


def row_link(row: Model | None, text: object = "") -> SafeString | str:
    """A link to the row's own page; a dash where there is none."""
    return NOTHING if row is None else link(admin_url(row), text or row)


def outside_link(url: str, text: object, where: str = "HaloPSA") -> SafeString:
    """A link that leaves the bridge; it opens beside the page that one is working at."""
    return format_html(
        '<a class="hb-link" href="{}" target="_blank" rel="noopener noreferrer">{}'
        '<span class="material-symbols-outlined hb-out" aria-hidden="true">open_in_new</span>'
        '<span class="hb-hidden"> (opens {})</span></a>',
        url,
        text,
        where,
    )


def halo_url(resource_server: str, page: str, halo_id: int | str) -> str:
    """Where HaloPSA itself shows an object: the resource server without `/api`."""
    return f"{resource_server.rstrip('/').removesuffix('/api')}/{page}?id={halo_id}"


# ---- columns --------------------------------------------------------------------------------

Column = Callable[[Any, Any], Any]


def time_column(field: str, label: str) -> Column:
    """A list column for a time, with its zone."""

    @admin.display(description=label, ordering=field)
    def shown(_: Any, row: Any) -> SafeString | str:
        return moment(getattr(row, field))

    return shown


def badge_column(field: str, label: str, tones: Mapping[str, str] = TONES) -> Column:
    """A list column for a field with choices."""

    @admin.display(description=label, ordering=field)
    def shown(_: Any, row: Any) -> SafeString:
        return state_badge(row, field, tones)

    return shown


def active_badge(row: Any) -> SafeString:
    return badge("Active", "good") if row.active else badge("Gone or inactive", "neutral")


def list_column(field: str, label: str) -> Column:
    """A column for a list of texts, on one line."""

    @admin.display(description=label)
    def shown(_: Any, row: Any) -> str:
        return ", ".join(str(item) for item in getattr(row, field) or ()) or NOTHING

    return shown


def text_column(field: str, label: str) -> Column:
    """A column under another name than the model's."""

    @admin.display(description=label, ordering=field)
    def shown(_: Any, row: Any) -> str:
        return str(getattr(row, field) or NOTHING)

    return shown


def address_column(field: str, label: str) -> Column:
    """A link out of the bridge, to the console."""

    @admin.display(description=label)
    def shown(_: Any, row: Any) -> SafeString | str:
        address = getattr(row, field)
        return outside_link(address, label, "the console") if address else NOTHING

    return shown


def two_lines(first: object, second: object) -> SafeString:
    """A cell with the important thing above and what explains it below."""
    if not second:
        return format_html("{}", first)
    return format_html('<div>{}<div class="hb-reason">{}</div></div>', first, second)


def date_column(field: str, label: str) -> Column:
    """A list column for a day."""

    @admin.display(description=label, ordering=field)
    def shown(_: Any, row: Any) -> SafeString | str:
        return day(getattr(row, field))

    return shown


def headline_column(label: str) -> Column:
    """The title of an event or alert with the name of its event type below."""

    @admin.display(description=label, ordering="title")
    def shown(_: Any, row: Any) -> SafeString:
        return two_lines(row.title, event_type_name(row.event_type))

    return shown


def place_column() -> Column:
    """Company and computer, each a link."""

    @admin.display(description="Company and computer", ordering="company__name")
    def shown(_: Any, row: Any) -> SafeString:
        return two_lines(row_link(row.company), row_link(row.computer) if row.computer else "")

    return shown


def explained_column(
    field: str, label: str, reason: str = "reason", tones: Mapping[str, str] = TONES
) -> Column:
    """A badge with the reason below."""

    @admin.display(description=label, ordering=field)
    def shown(_: Any, row: Any) -> SafeString:
        return two_lines(state_badge(row, field, tones), getattr(row, reason))

    return shown


def before_and_after(row: Any) -> SafeString:
    """E.g. `Old → New`; one of the two where there is only one."""
    if row.before and row.after:
        return format_html('<span class="hb-muted">{}</span> → {}', row.before, row.after)
    return format_html("{}", row.after or row.before or "–")


def event_type_name(key: str) -> str:
    """The name that staff know an event type by."""
    return EVENT_TYPES[key].name if key in EVENT_TYPES else key
