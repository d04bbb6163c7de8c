"""What is sent to HaloPSA: asset, ticket and note as one object each. Builds, never decides.

Scalars that are left out keep their value; arrays that are sent replace what is there as a whole.
Nothing here asks HaloPSA to mail anybody or to run its rules unless the caller says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final

from django.utils.text import Truncator

from integrations.halo.values import iso

LONGEST_TEXT: Final = 4000
"""HaloPSA API: most text columns hold 4000 characters; what happens to more is unknown, so it is cut."""
LONGEST_DETAILS: Final = 60_000
"""HaloPSA API: columns of HTML are longer, how long is not documented; a ticket's text stays well below."""
LONGEST_SUMMARY: Final = 255
LONGEST_TAG: Final = 255
LONGEST_TYPE_NAME: Final = 100
PRIVATE_NOTE: Final = 7
"""HaloPSA API: outcome of the built-in private note on a stock instance; an action needs an outcome."""
REFERENCE: Final = "Bridge reference: "
KEY_LENGTH: Final = 16
_KEY = re.compile(rf"{REFERENCE}[\w-]+, alert ([0-9a-f]{{{KEY_LENGTH}}})\b")

_OWN = frozenset({"id", "fields", "inactive", "customfields"})

Payload = dict[str, Any]


def asset_create(
    *,
    asset_type_id: int,
    client_id: int,
    site_id: int,
    inventory_number: str,
    fields: Mapping[int, str],
    marker_field_id: int | None = None,
    marker: str = "",
    custom_fields: Mapping[int, Any] | None = None,
    properties: Mapping[str, Any] | None = None,
) -> Payload:
    """A new asset. Key fields (device name, serial number …) are set through `fields`. Without an
    `inventory_number` HaloPSA gives its next tag, if it is set up to.

    Raises ValueError for a property that has a parameter of its own.
    """
    values = dict(fields)
    if marker_field_id is not None and marker:
        values[marker_field_id] = marker
    payload: Payload = {
        "assettype_id": asset_type_id,
        "client_id": client_id,
        "site_id": site_id,
        **_given(inventory_number=_line(inventory_number, LONGEST_TAG) or None),
        "fields": _field_rows(values),
        "_dontaddnewfields": True,
        "do_not_apply_template_in_the_api": True,
    }
    if clash := set(payload) & set(properties or {}):
        raise ValueError(f"Not a property: {', '.join(sorted(clash))}.")
    return {**payload, **_custom(custom_fields), **(properties or {})}


def asset_type_create(
    *, name: str, group_id: int, key_field_ids: Sequence[int], field_ids: Sequence[int]
) -> Payload:
    """A new asset type of a group. HaloPSA API: `fields` names the asset fields of the type, in order."""
    keys = zip(("keyfield_id", "keyfield2_id", "keyfield3_id"), key_field_ids, strict=False)
    return {
        "name": _line(name, LONGEST_TYPE_NAME),
        "assetgroup_id": group_id,
        **dict(keys),
        "fields": [{"field_id": number, "sequence": place} for place, number in enumerate(field_ids, 1)],
        "allowall_status": True,
    }


def asset_update(
    halo_id: int,
    *,
    fields: Mapping[int, str] | None = None,
    properties: Mapping[str, Any] | None = None,
    inactive: bool | None = None,
    custom_fields: Mapping[int, Any] | None = None,
) -> Payload:
    """Changes to an asset. `fields` are ALL its fields, merged by the caller: Halo blanks what is missing.

    So are `custom_fields`: whether HaloPSA keeps those that are left out is not known.

    Raises ValueError for a property that has a parameter of its own.
    """
    if clash := _OWN & set(properties or {}):
        raise ValueError(f"Not a property: {', '.join(sorted(clash))}.")
    payload: Payload = {"id": halo_id, **(properties or {}), **_custom(custom_fields)}
    if fields is not None:
        payload |= {"fields": _field_rows(fields), "_dontaddnewfields": True}
    if inactive is not None:
        payload["inactive"] = inactive
    return payload


def ticket_create(
    *,
    marker: str,
    alert_key: str = "",
    summary: str,
    details_html: str,
    ticket_type_id: int,
    client_id: int,
    site_id: int | None,
    user_id: int | None,
    team: str,
    agent_id: int | None,
    status_id: int | None,
    sla_id: int | None,
    priority_id: int | None,
    category: str,
    impact: int | None,
    urgency: int | None,
    asset_ids: Sequence[int],
    occurred_at: datetime | None,
    run_rules: bool = False,
    mail_user: bool = False,
) -> Payload:
    """A new ticket; its marker stands in `supplier_reference` and in the last line of its text, where
    `alert_key` follows it: by that a database that was restored from a backup finds the ticket again.

    HaloPSA API: a Halo user needs its site, so without `site_id` none is sent; `team` is a name;
    `priority_id` is the number within the SLA.
    """
    return {
        "summary": _line(summary, LONGEST_SUMMARY),
        "details_html": with_reference(details_html, marker, LONGEST_DETAILS, alert_key),
        "supplier_reference": marker,
        **_given(
            tickettype_id=ticket_type_id,
            client_id=client_id,
            site_id=site_id,
            user_id=user_id if site_id is not None else None,
            team=team or None,
            agent_id=agent_id,
            status_id=status_id,
            sla_id=sla_id,
            priority_id=priority_id,
            category_1=category or None,
            impact=impact,
            urgency=urgency,
            assets=[{"id": asset_id} for asset_id in dict.fromkeys(asset_ids)] or None,
            dateoccurred=iso(occurred_at) if occurred_at else None,
        ),
        "dont_do_rules": not run_rules,
        "donotapplytemplateintheapi": not run_rules,
        "sendack": mail_user,
    }


def note(
    *,
    marker: str,
    ticket_id: int,
    note_html: str,
    outcome_id: int | None,
    outcome: str,
    private: bool = True,
    new_status: int | None = None,
    run_rules: bool = False,
    mail_user: bool = False,
) -> Payload:
    """An action on a ticket; with `new_status` it also closes or reopens it."""
    if outcome_id is None and not outcome:
        outcome_id = PRIVATE_NOTE
    return {
        "ticket_id": ticket_id,
        "note_html": with_reference(note_html, marker),
        **_given(
            outcome_id=outcome_id,
            outcome=outcome or None,
            new_status=new_status,
            send_survey=None if mail_user else False,
        ),
        "hiddenfromuser": private,
        "sendemail": mail_user,
        "dont_do_rules": not run_rules,
    }


def ticket_text(
    halo_id: int, *, marker: str, alert_key: str = "", details_html: str, asset_ids: Sequence[int] | None
) -> Payload:
    """The opening text of a ticket anew, and all its assets where they are given: Halo replaces the list."""
    return {
        "id": halo_id,
        "details_html": with_reference(details_html, marker, LONGEST_DETAILS, alert_key),
        **_given(assets=[{"id": number} for number in asset_ids] if asset_ids is not None else None),
        "dont_do_rules": True,
        "sendack": False,
    }


def ticket_place(halo_id: int, *, client_id: int, site_id: int, user_id: int | None) -> Payload:
    """Another client and site for a ticket, and an end user of theirs; nothing else of it changes."""
    return {
        "id": halo_id,
        "client_id": client_id,
        "site_id": site_id,
        **_given(user_id=user_id),
        "dont_do_rules": True,
        "sendack": False,
    }


def ticket_status(halo_id: int, status_id: int) -> Payload:
    """Only the status of a ticket; nothing else of it changes, and nobody is told."""
    return {"id": halo_id, "status_id": status_id, "dont_do_rules": True, "sendack": False}


def with_reference(body_html: str, marker: str, limit: int = LONGEST_TEXT, alert_key: str = "") -> str:
    """The text with its reference line, in at most `limit` characters. The line itself is never cut."""
    key = f", alert {escape(alert_key)}" if alert_key else ""
    line = f"<p><small>{REFERENCE}{escape(marker)}{key}</small></p>" if marker else ""
    return cut_html(body_html, limit - len(line)) + line


def alert_key_in(text: str) -> str:
    """The key of the alert that a text names behind its reference; '' where it names none."""
    found = _KEY.search(text)
    return found[1] if found else ""


def cut_html(text: str, limit: int) -> str:
    """HTML of at most `limit` characters, tags included and closed."""
    letters = limit
    shorter = text
    while len(shorter) > limit and letters > 0:
        shorter = Truncator(text).chars(letters, html=True)
        letters -= max(len(shorter) - limit, 1)
    return shorter if len(shorter) <= limit else ""


def _given(**values: Any) -> Payload:
    """What has a value; the rest is left to Halo."""
    return {name: value for name, value in values.items() if value is not None}


def _field_rows(values: Mapping[int, str]) -> list[dict[str, str]]:
    """HaloPSA API: field ids are sent as text, as its own web client does."""
    return [{"id": str(field_id), "value": value[:LONGEST_TEXT]} for field_id, value in values.items()]


def _custom(values: Mapping[int, Any] | None) -> Payload:
    """HaloPSA API: custom fields are addressed by id; of a pick list the value is the choice's id."""
    if values is None:
        return {}
    cut = {
        number: value[:LONGEST_TEXT] if isinstance(value, str) else value for number, value in values.items()
    }
    return {"customfields": [{"id": number, "value": value} for number, value in cut.items()]}


def _line(text: str, limit: int) -> str:
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
