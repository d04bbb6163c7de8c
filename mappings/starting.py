"""Tables that have no rows yet: the common one starts from the well-known fields, so that its first row takes
none of them away; that of an asset type from the key fields of the type."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.models import HaloCredential
from mappings.attributes import ATTRIBUTES, usual_fields
from mappings.definitions import Definitions, definitions_of
from mappings.models import FieldMapping, FieldOwner, TargetKind

KEY_ATTRIBUTES = ("name", "serial_number")
"""What the first and the second key field hold, where their names do not tell."""


def start_table(credential: HaloCredential, asset_type: int) -> list[FieldMapping]:
    """One row for each key field of the type; rows that are there stay. Raises `ValidationError`.

    The credential's instance must have been selected with it.
    """
    known = definitions_of([credential])[credential.pk]
    kind = known.types.get(asset_type)
    if kind is None or not kind.active:
        raise ValidationError({"asset_type": "HaloPSA has no such asset type (any more)."})
    targets = [
        (number, known.targets[str(number)]) for number in kind.key_field_ids if str(number) in known.targets
    ]
    if not targets:
        raise ValidationError(
            {"asset_type": f"No key field of “{kind.name}” is known: sync HaloPSA in full."}
        )
    told = usual_fields([(number, target.name) for number, target in targets])
    spare = [key for key in KEY_ATTRIBUTES if key not in told.values()]
    with transaction.atomic():
        rows = FieldMapping.objects.filter(halo_credential=credential, asset_type=asset_type, target="field")
        there = set(rows.values_list("field_id", flat=True))
        made = []
        for number, _ in targets:
            attribute = told.get(number) or (spare.pop(0) if spare else "")
            if attribute and number not in there:
                made.append(
                    FieldMapping(
                        halo_credential=credential,
                        asset_type=asset_type,
                        attribute=attribute,
                        field_id=number,
                    )
                )
        return FieldMapping.objects.bulk_create(made)


def start_common_table(credential: HaloCredential) -> list[FieldMapping]:
    """Rows for what is filled without a table; those that are there stay. Raises `ValidationError`.

    Key fields that name an asset get none: they are filled without a row, and gently where an asset was there
    before us. The credential's instance must have been selected with it.
    """
    known = definitions_of([credential])[credential.pk]
    wanted = _well_known(known)
    if not wanted:
        raise ValidationError("No well-known field is known by its name: sync HaloPSA in full.")
    with transaction.atomic():
        rows = FieldMapping.objects.filter(halo_credential=credential, target=TargetKind.FIELD)
        there = set(rows.values_list("asset_type", "field_id"))
        return FieldMapping.objects.bulk_create(
            FieldMapping(
                halo_credential=credential,
                asset_type=asset_type,
                field_id=number,
                attribute=attribute,
                owner=FieldOwner.CONSOLE if asset_type is None else FieldOwner.FILL,
            )
            for (asset_type, number), attribute in wanted.items()
            if (asset_type, number) not in there
        )


def _well_known(known: Definitions) -> dict[tuple[int | None, int], str]:
    """(asset type, field) → attribute. What names an asset but is no key field is of that type alone."""
    found: dict[tuple[int | None, int], str] = {}
    for kind in known.types_of(None):
        named = [
            (number, known.targets[str(number)].name)
            for number in kind.field_ids
            if str(number) in known.targets and number != known.marker_field_id
        ]
        for number, attribute in usual_fields(named).items():
            if not ATTRIBUTES[attribute].names_the_asset:
                found[None, number] = attribute
            elif number not in kind.key_field_ids:
                found[kind.halo_id, number] = attribute
    return dict(sorted(found.items(), key=lambda item: (item[0][0] or 0, item[0][1])))
