"""Software licences and installed programs: HaloPSA's JSON → records."""

from __future__ import annotations

from integrations.halo.values import Row, to_bool, to_date, to_id, to_int, to_text
from integrations.records import LicenceRecord, SoftwareRecord


def licence(row: Row) -> LicenceRecord | None:
    """None for a row without an id. HaloPSA API: `is_active` may be left out, `deleted` rows may come."""
    halo_id = to_int(row.get("id"))
    if halo_id is None:
        return None
    return LicenceRecord(
        halo_id=halo_id,
        name=to_text(row.get("name")) or f"#{halo_id}",
        client_id=to_id(row.get("client_id")),
        site_id=to_id(row.get("site_id")),
        licence_type=to_int(row.get("type")),
        vendor=to_text(row.get("vendor")),
        manufacturer=to_text(row.get("manufacturer")),
        product_sku=to_text(row.get("product_sku")),
        count=_column(to_int(row.get("count"))),
        in_use=_column(to_int(row.get("licences_in_use"))),
        starts_on=to_date(row.get("start_date")),
        ends_on=to_date(row.get("end_date")),
        active=to_bool(row.get("is_active"), default=True) and not to_bool(row.get("deleted")),
    )


def program(row: Row) -> SoftwareRecord | None:
    """A program on an asset; None for a row without an id."""
    halo_id = to_int(row.get("id"))
    if halo_id is None:
        return None
    return SoftwareRecord(
        halo_id=halo_id,
        name=to_text(row.get("name")) or to_text(row.get("licence_name")) or f"#{halo_id}",
        version=to_text(row.get("version")),
        licence_id=to_id(row.get("licence_id")),
        installed_on=to_date(row.get("install_date")),
        last_used_on=to_date(row.get("lastused")),
    )


def _column(number: int | None) -> int | None:
    """HaloPSA API: counts are 32-bit; anything beyond is no count."""
    return number if number is not None and abs(number) < 2**31 else None
