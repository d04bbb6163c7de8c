"""Asset types that are missing in HaloPSA, as a plan: made in the chosen asset group with their fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError

from integrations.choices import Action, OptionKind
from integrations.models import HaloAssetType, HaloCredential, HaloField, HaloOption, Plan
from mappings.attributes import usual_fields
from mappings.models import AssetRules, FieldMapping, SourceKind, TargetKind
from mappings.planning.rows import ASSET_TYPES, Change, NotPlannable, skip

MOST_NAMES = 50
LONGEST_NAME = 100
"""HaloPSA API: an asset type's name has at most 100 characters."""
KEYS = ("name", "serial_number")
"""What a new type starts from, the first as its first key field."""
NO_GROUP = "Choose the asset group that new asset types belong to."


def new_types(
    credential: HaloCredential, names: list[str], asset_group: int | None = None, created_by: Any = None
) -> Plan:
    """An empty plan of asset types with these names. Raises `ValidationError` with a sentence.

    Without a group that of the credential's asset rules is taken.
    """
    wanted = list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    if not wanted:
        raise ValidationError({"names": "Write the name of an asset type."})
    if len(wanted) > MOST_NAMES:
        raise ValidationError({"names": f"At most {MOST_NAMES} asset types at once."})
    if long := next((name for name in wanted if len(name) > LONGEST_NAME), ""):
        raise ValidationError({"names": f"“{long[:20]}…” has more than {LONGEST_NAME} characters."})
    group = asset_group or _group_of_rules(credential)
    if group is None or not _groups(credential).filter(halo_id=str(group)).exists():
        raise ValidationError({"asset_group": NO_GROUP})
    return Plan.objects.create(
        kind=ASSET_TYPES,
        halo_credential=credential,
        parameters={"names": wanted, "asset_group": group},
        created_by=created_by,
    )


def changes_of_types(plan: Plan, credential: HaloCredential, counts: Counter[str]) -> Iterator[Change]:
    """A create for each name that HaloPSA does not have. Six statements. Raises `NotPlannable`."""
    group = plan.parameters["asset_group"]
    group_name = _groups(credential).filter(halo_id=str(group)).values_list("name", flat=True).first()
    if group_name is None:
        raise NotPlannable(f"{NO_GROUP} The one of this preview is gone.")
    keys, fields = _fields(credential)
    if not keys:
        raise NotPlannable(
            "HaloPSA has no asset field for the name of a computer, such as “Device Name”: map one to the "
            "attribute Name in the field mappings first."
        )
    types = HaloAssetType.objects.filter(halo_credential=credential, active=True)
    present = {name.casefold(): name for name in types.values_list("name", flat=True)}
    for number, name in enumerate(plan.parameters["names"], 1):
        if name.casefold() in present:
            yield skip(name, "asset_type", number, "HaloPSA has this asset type already.")
            continue
        after = {
            "name": name,
            "group_id": group,
            "group_name": group_name,
            "key_fields_id": keys,
            "key_fields_name": [fields[key] for key in keys],
            "fields_id": list(fields),
            "fields_name": list(fields.values()),
        }
        yield Change(Action.CREATE.value, name, "asset_type", number, {}, after, "Asset type to be created.")


def _groups(credential: HaloCredential) -> Any:
    return HaloOption.objects.filter(halo_credential=credential, kind=OptionKind.ASSET_GROUP, active=True)


def _group_of_rules(credential: HaloCredential) -> int | None:
    rules = AssetRules.objects.filter(halo_credential=credential).first()
    return rules.asset_group if rules else None


def _fields(credential: HaloCredential) -> tuple[list[int], dict[int, str]]:
    """Key fields, and all fields of a new type with their names: the keys, what the common table writes, and
    the place of the bridge reference, so that exports of the type can go in batches."""
    rows = HaloField.objects.filter(halo_credential=credential, kind="asset", active=True)
    named = dict(rows.order_by("halo_id").values_list("halo_id", "name"))
    common = FieldMapping.objects.filter(
        halo_credential=credential, asset_type__isnull=True, target=TargetKind.FIELD
    )
    table = list(common.order_by("field_id").values_list("field_id", flat=True))
    told = common.filter(source=SourceKind.ATTRIBUTE).values_list("field_id", "attribute")
    usual = usual_fields(named.items())
    by_attribute = {key: number for number, key in [*usual.items(), *told] if number in named}
    keys = [by_attribute[key] for key in KEYS if key in by_attribute]
    if "name" not in by_attribute:
        return [], {}
    marker = credential.instance.marker_field_id
    wanted = [*keys, *(table or usual), *([marker] if marker is not None else [])]
    return keys, {number: named[number] for number in dict.fromkeys(wanted) if number in named}
