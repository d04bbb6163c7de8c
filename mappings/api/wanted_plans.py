"""What a program asks of a preview: its kind and scope, and how new assets are made."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from rest_framework import serializers

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import HaloId, OurId
from integrations.models import (
    Company,
    Computer,
    Console,
    HaloClient,
    HaloCredential,
    HaloSite,
    Plan,
    Product,
    Run,
)
from mappings.asset_types import missing_type
from mappings.models import CompanyMapping
from mappings.planning import (
    ASSET_TYPES,
    ASSETS,
    HOST,
    MOVE,
    OFFBOARD,
    TAG_CHOICES,
    TEMPLATE,
    UNDO,
    new_move,
    new_offboard,
    new_plan,
    new_types,
    new_undo,
    template_problem,
)

MOST_COMPUTERS: Final = 10_000
WHICH: Final = "Say which console; for all of them say the HaloPSA credential."
NAMED: Final = (
    "asset_type",
    "computers",
    "product_types",
    "fields",
    "main_site",
    "tag",
    "tag_template",
)
"""What becomes a parameter of the plan as it is."""


class ProductTypeSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    product = serializers.PrimaryKeyRelatedField(
        queryset=Product.objects.all(), help_text="As the default asset types and computers name it."
    )
    asset_type = HaloId(help_text="Halo's id of the asset type.")


class WantedPlanSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    """Kind *assets*: a console, all of them, a company, or some computers. Kind *undo*: a run. Kind
    *asset_types*: a credential, names and an asset group. Kind *move*: a company mapping and the client or
    site that it is to have. Kind *offboard*: a company mapping."""

    kind = serializers.ChoiceField(
        choices=[
            (ASSETS, "Assets"),
            (UNDO, "Undo of a run"),
            (ASSET_TYPES, "New asset types"),
            (MOVE, "Another client or site for a company"),
            (OFFBOARD, "An end to looking after a company"),
        ]
    )
    console = serializers.PrimaryKeyRelatedField(
        queryset=Console.objects.defer("credentials"),
        required=False,
        allow_null=True,
        help_text="Kind assets: null or absent for all consoles; then say the credential or the company.",
    )
    run = serializers.PrimaryKeyRelatedField(
        queryset=Run.objects.all(), required=False, help_text="Kind undo: the export that is taken back."
    )
    company_mapping = serializers.PrimaryKeyRelatedField(
        queryset=CompanyMapping.objects.select_related("company", "halo_client", "halo_site"),
        required=False,
        help_text="Kinds move and offboard: the mapping that is to change.",
    )
    halo_client = serializers.PrimaryKeyRelatedField(
        queryset=HaloClient.objects.select_related("halo_credential"),
        required=False,
        help_text="Kind move: the client. Absent: the present one; then say a site.",
    )
    company = serializers.PrimaryKeyRelatedField(
        queryset=Company.objects.all(),
        required=False,
        allow_null=True,
        help_text="Null: all that are mapped.",
    )
    halo_credential = serializers.PrimaryKeyRelatedField(
        queryset=HaloCredential.objects.all(),
        required=False,
        allow_null=True,
        help_text="Only needed where the companies are mapped in more than one.",
    )
    asset_type = HaloId(
        required=False,
        allow_null=True,
        help_text="Halo's id of the asset type for computers whose product decides none.",
    )
    computers = serializers.ListField(
        child=OurId(),
        required=False,
        max_length=MOST_COMPUTERS,
        allow_empty=False,
        error_messages={"empty": "Name a computer, or leave this out for all of them."},
        help_text="Only these computers. Absent: all of them.",
    )
    product_types = ProductTypeSerializer(
        many=True, required=False, help_text="For this preview, before the default asset types."
    )
    # Declared below: a serializer has an attribute `fields` of its own.
    tag = serializers.ChoiceField(
        choices=TAG_CHOICES, required=False, help_text="The asset tag of new assets. Preset: the host name."
    )
    tag_template = serializers.CharField(
        required=False, help_text="For the tag *template*, such as {client}-{host_name}."
    )
    halo_site = serializers.PrimaryKeyRelatedField(
        queryset=HaloSite.objects.filter(active=True),
        required=False,
        allow_null=True,
        help_text="For new assets of its client; the others go to their company's default site. Kind move: "
        "the new default site.",
    )
    main_site = serializers.BooleanField(
        required=False, help_text="A company without a default site uses its client's main site."
    )

    names = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Kind asset_types: names of new asset types."
    )
    asset_group = HaloId(
        required=False,
        allow_null=True,
        help_text="Kind asset_types: Halo's id of their asset group. Null: that of the asset rules.",
    )

    def get_fields(self) -> dict[str, Any]:
        wanted = serializers.ListField(
            child=HaloId(),
            required=False,
            allow_null=True,
            allow_empty=False,
            error_messages={"empty": "Name a field, or leave this out for all that are mapped."},
            help_text=(
                "Halo's ids of the asset fields that are written, no other fields, custom fields or "
                "properties. Absent: all that is mapped."
            ),
        )
        return {**super().get_fields(), "fields": wanted}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == UNDO:
            if "run" not in attrs:
                raise serializers.ValidationError({"run": "Say which run is to be undone."})
            return attrs
        if attrs["kind"] == ASSET_TYPES:
            if attrs.get("halo_credential") is None:
                raise serializers.ValidationError({"halo_credential": "Say in which HaloPSA credential."})
            return attrs
        if attrs["kind"] in (MOVE, OFFBOARD):
            if "company_mapping" not in attrs:
                raise serializers.ValidationError({"company_mapping": "Say which mapping is to change."})
            return attrs
        if not any(attrs.get(name) for name in ("console", "company", "halo_credential")):
            raise serializers.ValidationError({"console": WHICH})
        self._check_computers(attrs)
        if attrs.get("tag") == TEMPLATE and (problem := template_problem(attrs.get("tag_template", ""))):
            raise serializers.ValidationError({"tag_template": problem})
        return attrs

    @staticmethod
    def _check_computers(attrs: dict[str, Any]) -> None:
        wanted = set(attrs.get("computers") or ())
        if not wanted:
            return
        console = attrs.get("console")
        known = Computer.objects.filter(pk__in=wanted)
        mine = known if console is None else known.filter(console=console)
        if missing := sorted(wanted - set(mine.values_list("pk", flat=True))):
            raise serializers.ValidationError(
                {
                    "computers": f"{console} has no computer with the id {missing[0]}."
                    if console
                    else f"There is no computer with the id {missing[0]}."
                }
            )


def make_plan(wanted: dict[str, Any], staff: Any) -> Plan:
    """Raises Django's `ValidationError` with a sentence; then there is none."""
    if wanted["kind"] == UNDO:
        return new_undo(wanted["run"], staff)
    if wanted["kind"] == ASSET_TYPES:
        names = wanted.get("names", [])
        return new_types(wanted["halo_credential"], names, wanted.get("asset_group"), staff)
    if wanted["kind"] == MOVE:
        mapping: CompanyMapping = wanted["company_mapping"]
        client = wanted.get("halo_client") or mapping.halo_client
        return new_move(mapping, client, wanted.get("halo_site"), staff)
    if wanted["kind"] == OFFBOARD:
        return new_offboard(wanted["company_mapping"], staff)
    parameters = {name: wanted[name] for name in NAMED if wanted.get(name)}
    if types := parameters.get("product_types"):
        parameters["product_types"] = {str(row["product"].pk): row["asset_type"] for row in types}
    if parameters.get("tag") == HOST:
        del parameters["tag"]
    if site := wanted.get("halo_site"):
        parameters["halo_site"] = site.pk
    plan = new_plan(
        console=wanted.get("console"),
        company=wanted.get("company"),
        halo_credential=wanted.get("halo_credential"),
        parameters=parameters,
        created_by=staff,
    )
    if problems := _problems(plan, site, parameters):
        plan.delete()
        raise ValidationError(problems)
    return plan


def _problems(plan: Plan, site: HaloSite | None, parameters: dict[str, Any]) -> dict[str, str]:
    """What only the credential tells, which the scope may have decided."""
    problems = {}
    if site and site.halo_credential_id != plan.halo_credential_id:
        problems["halo_site"] = "It belongs to another HaloPSA credential."
    named = {
        "asset_type": {parameters.get("asset_type")} - {None},
        "product_types": set(parameters.get("product_types", {}).values()),
    }
    for name, types in named.items():
        if problem := missing_type(plan.halo_credential, types):
            problems[name] = problem
    return problems
