"""The table of an asset type that has none yet: it starts from the key fields of the type."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.models import HaloCredential
from mappings.attributes import usual_fields
from mappings.definitions import definitions_of
from mappings.models import FieldMapping

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
