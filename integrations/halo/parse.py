"""HaloPSA's JSON → records. Tolerant: names differ between list and detail, and nothing has to be there.

A function gives None only for a row without an id, which stands for nothing. Where Halo leaves out the
client or the asset type of a row, the record holds 0: a row that is there must not look gone.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any

from integrations.halo.asset_details import custom_values, dates_of, described, stored_custom_values
from integrations.halo.payloads import alert_key_in
from integrations.halo.values import Row, to_bool, to_id, to_int, to_text, to_time
from integrations.records import (
    ActionRecord,
    AssetFieldValue,
    AssetRecord,
    AssetTypeRecord,
    ClientRecord,
    FieldRecord,
    SiteRecord,
    TicketRecord,
    UserRecord,
)

GENERAL_USER = "general user"
"""HaloPSA API: each site has a built-in Halo user of this name who stands for the site itself."""

_CLIENT_LINKS = (
    "ninjarmmid",
    "datto_id",
    "datto_alternate_id",
    "ncentral_details_id",
    "connectwiseid",
    "autotaskid",
    "ateraid",
    "syncroid",
    "cautomateid",
    "kaseyaid",
    "itglue_id",
    "liongardid",
    "accountsid",
)
_ASSET_LINKS = (
    "ninjarmm_id",
    "datto_id",
    "datto_alternate_id",
    "ncentral_details_id",
    "nable_id",
    "automate_id",
    "connectwisermm_id",
    "atera_id",
    "syncroid",
    "kaseya_id",
    "intune_id",
    "itglue_id",
    "third_party_id_string",
)


def client(row: Row) -> ClientRecord | None:
    halo_id = to_int(row.get("id"))
    if halo_id is None:
        return None
    return ClientRecord(
        halo_id=halo_id,
        name=_name(row, halo_id),
        active=not to_bool(row.get("inactive")),
        main_site_id=to_id(row.get("main_site_id")),
        domain=to_text(row.get("domain")) or None,
        reference=to_text(row.get("ref")) or to_text(row.get("accountsid")) or None,
        links=_links(row, _CLIENT_LINKS),
        custom_fields=custom_values(row.get("customfields")),
        updated_at=_updated(row, "alastupdate"),
    )


def site(row: Row) -> SiteRecord | None:
    halo_id = to_int(row.get("id"))
    if halo_id is None:
        return None
    return SiteRecord(
        halo_id=halo_id,
        name=_name(row, halo_id),
        client_id=to_int(row.get("client_id")) or 0,
        active=not to_bool(row.get("inactive")),
        general_user_id=_general_user(row),
        updated_at=_updated(row, "slastupdate"),
    )


def user(row: Row) -> UserRecord | None:
    halo_id = to_int(row.get("id"))
    if halo_id is None:
        return None
    return UserRecord(
        halo_id=halo_id,
        name=_name(row, halo_id),
        site_id=to_id(row.get("site_id_int")) or to_id(row.get("site_id")),
        client_id=to_id(row.get("client_id")),
        email=to_text(row.get("emailaddress")) or to_text(row.get("email")) or None,
        active=not to_bool(row.get("inactive")),
        updated_at=_updated(row, "ulastupdate"),
    )


def asset(row: Row) -> AssetRecord | None:
    halo_id = to_int(row.get("id"))
    if halo_id is None:
        return None
    return AssetRecord(
        halo_id=halo_id,
        client_id=to_int(row.get("client_id")) or 0,
        site_id=to_id(row.get("site_id")),
        asset_type_id=to_int(row.get("assettype_id")) or 0,
        inventory_number=to_text(row.get("inventory_number")),
        key_field=to_text(row.get("key_field")),
        key_field2=to_text(row.get("key_field2")),
        key_field3=to_text(row.get("key_field3")),
        active=not to_bool(row.get("inactive")),
        status_id=to_id(row.get("status_id")),
        fields=field_values(row.get("fields")),
        users=_ids(row.get("users")),
        links=_links(row, _ASSET_LINKS),
        **described(row),
        custom_fields=custom_values(row.get("customfields")),
        custom_stored=stored_custom_values(row.get("customfields")),
        properties=dates_of(row),
        updated_at=_updated(row, "last_modified", "dlastupdate"),
    )


def field_values(values: Any) -> tuple[AssetFieldValue, ...] | None:
    """The `fields` of an asset; None where the row came without them. Values are text as stored."""
    if not isinstance(values, list):
        return None
    found = []
    for value in values:
        field_id = to_int(value.get("id")) if isinstance(value, dict) else None
        if field_id is not None:
            found.append(AssetFieldValue(field_id, to_text(value.get("name")), _stored(value.get("value"))))
    return tuple(found)


def asset_type(row: Row, detail: Row | None = None) -> AssetTypeRecord | None:
    """`detail` (the single read) tells which fields the type has, and in which order; a list does not."""
    halo_id = to_int(row.get("id"))
    if halo_id is None:
        return None
    keys = (to_id(row.get(name)) for name in ("keyfield_id", "keyfield2_id", "keyfield3_id"))
    return AssetTypeRecord(
        halo_id=halo_id,
        name=_name(row, halo_id),
        group_id=to_id(row.get("assetgroup_id")),
        group_name=to_text(row.get("assetgroup_name")),
        key_field_ids=tuple(key for key in keys if key is not None),
        field_ids=_type_fields(detail or row),
        active=not to_bool(row.get("inactive")),
    )


def field_definition(row: Row, kind: str) -> FieldRecord | None:
    """`kind` is *asset* (asset fields), else custom fields. HaloPSA API: asset fields have no data type."""
    halo_id = to_id(row.get("id"))
    if halo_id is None:
        return None
    custom = kind != "asset"
    name = to_text(row.get("label")) if custom else ""
    return FieldRecord(
        halo_id=halo_id,
        name=name or _name(row, halo_id),
        kind=kind,
        data_length=to_id(row.get("characterlimit" if custom else "datalength")),
        lookup_id=to_id(row.get("lookup")),
        mandatory=to_bool(row.get("mandatory")),
        data_type=to_int(row.get("type")) if custom else None,
        values=_values(row.get("values")),
    )


def ticket(row: Row) -> TicketRecord | None:
    """HaloPSA API: whether it is closed is told by `hasbeenclosed`, supported by a real `dateclosed`.

    Where both are told and differ, it was closed once and is open again.
    """
    halo_id = to_id(row.get("id"))
    if halo_id is None:
        return None
    closed_at = to_time(row.get("dateclosed"))
    return TicketRecord(
        halo_id=halo_id,
        summary=to_text(row.get("summary")),
        status_id=to_id(row.get("status_id")),
        closed=to_bool(row.get("hasbeenclosed"), default=closed_at is not None)
        and (closed_at is not None or "dateclosed" not in row),
        deleted=to_bool(row.get("deleted")),
        merged_into=to_id(row.get("merged_into_id")),
        client_id=to_id(row.get("client_id")),
        site_id=to_id(row.get("site_id")),
        agent_id=to_id(row.get("agent_id")),
        category=to_text(row.get("category_1")) or to_text(row.get("category1")),
        marker=to_text(row.get("supplier_reference")),
        alert_key=alert_key_in(to_text(row.get("details_html")) or to_text(row.get("details"))),
        asset_ids=_ids(row.get("assets")),
        created_at=to_time(row.get("datecreated")) or to_time(row.get("dateoccurred")),
        updated_at=_updated(row, "last_update", "lastupdate", "lastactiondate"),
    )


def action(row: Row, ticket_id: int) -> ActionRecord | None:
    """`note` holds the plain text and the text of the HTML note: a marker may be in either."""
    halo_id = to_id(row.get("id"))
    if halo_id is None:
        return None
    plain, rich = to_text(row.get("note")), _plain(to_text(row.get("note_html")))
    return ActionRecord(
        halo_id=halo_id,
        ticket_id=to_id(row.get("ticket_id")) or ticket_id,
        note=plain if rich in plain else f"{plain}\n{rich}".strip(),
        created_at=to_time(row.get("datetime")) or to_time(row.get("actiondatecreated")),
        agent_id=to_id(row.get("who_agentid")) or to_id(row.get("actionby_agent_id")),
        who=to_text(row.get("who")),
    )


def _name(row: Row, halo_id: int) -> str:
    return to_text(row.get("name")) or f"#{halo_id}"


def _links(row: Row, names: tuple[str, ...]) -> dict[str, str]:
    """Ids of other integrations that are set (0 and '' mean none)."""
    found = {name: to_text(row.get(name)) for name in names}
    return {name: value for name, value in found.items() if value not in ("", "0")}


def _updated(row: Row, *names: str) -> datetime | None:
    times = (to_time(row.get(name)) for name in (*names, "last_modified"))
    return next((time for time in times if time is not None), None)


def _general_user(row: Row) -> int | None:
    contact = {"id": row.get("maincontact_id"), "name": row.get("maincontact_name")}
    users = row.get("users")
    for person in (contact, *(users if isinstance(users, list) else ())):
        if isinstance(person, dict) and to_text(person.get("name")).lower() == GENERAL_USER:
            return to_id(person.get("id"))
    return None


def _ids(rows: Any) -> tuple[int, ...]:
    values = [to_id(row.get("id")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _values(rows: Any) -> tuple[tuple[str, str], ...]:
    """Choices of a pick list as (id, name), without those that are not in use any more."""
    found: dict[str, str] = {}
    for item in rows if isinstance(rows, list) else ():
        number = to_int(item.get("id")) if isinstance(item, dict) else None
        if number is not None and not to_bool(item.get("inactive")):
            found.setdefault(str(number), to_text(item.get("name")) or f"#{number}")
    return tuple(found.items())


def _type_fields(row: Row) -> tuple[int, ...] | None:
    """HaloPSA API: `fields` rows name the field by `field_id`; ids inside them are decimals."""
    rows = row.get("fields")
    if not isinstance(rows, list):
        return None
    fields = [item for item in rows if isinstance(item, dict)]
    fields.sort(key=lambda item: to_int(item.get("sequence")) or 0)
    ids = [to_id(item.get("field_id")) or to_id(item.get("id")) for item in fields]
    return tuple(dict.fromkeys(value for value in ids if value is not None))


def _stored(value: Any) -> str:
    """A field's value as Halo stores it: text, blanks included, so that writing it back changes nothing."""
    return value if isinstance(value, str) else to_text(value)


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text)).strip()
