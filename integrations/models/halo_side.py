"""Snapshots of HaloPSA [Halo data]. Every row is seen through one credential."""

from __future__ import annotations

from django.db import models

from integrations.choices import OptionKind
from integrations.models.console_side import Snapshot
from integrations.models.credentials import HaloCredential


class HaloSnapshot(Snapshot):
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    halo_id = models.IntegerField("HaloPSA ID")
    name = models.CharField(max_length=255)
    updated_at = models.DateTimeField(null=True, blank=True, help_text="Halo's own time of last change.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


def _one_per_credential(what: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["halo_credential", "halo_id"], name=f"one_{what}_per_credential")


class HaloClient(HaloSnapshot):
    normalised_name = models.CharField(max_length=255, blank=True, db_index=True, editable=False)
    main_site_id = models.IntegerField(null=True, blank=True)
    domain = models.CharField(max_length=255, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    links = models.JSONField(default=dict, blank=True)
    custom_fields = models.JSONField(
        null=True, blank=True, help_text="Custom field's id (text) to its shown value; empty: not read."
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The client that took over all that this one held; concluded, Halo does not tell.",
    )

    class Meta:
        constraints = [_one_per_credential("client")]
        ordering = ["name"]
        verbose_name = "Halo client [customer]"
        verbose_name_plural = "Halo clients [customers]"


class HaloSite(HaloSnapshot):
    client = models.ForeignKey(
        HaloClient, on_delete=models.CASCADE, null=True, blank=True, related_name="sites"
    )
    general_user_id = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints = [_one_per_credential("site")]
        ordering = ["name"]
        verbose_name = "Halo site"


class HaloUser(HaloSnapshot):
    site = models.ForeignKey(HaloSite, on_delete=models.CASCADE, null=True, blank=True, related_name="users")
    email = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [_one_per_credential("user")]
        ordering = ["name"]
        verbose_name = "Halo user (end user)"
        verbose_name_plural = "Halo users (end users)"


class HaloAssetType(HaloSnapshot):
    group_id = models.IntegerField(null=True, blank=True)
    group_name = models.CharField(max_length=255, blank=True)
    key_field_ids = models.JSONField(default=list, blank=True)
    field_ids = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [_one_per_credential("asset_type")]
        ordering = ["name"]
        verbose_name = "Halo asset type"


class HaloAsset(HaloSnapshot):
    """`name` is the first key field, else the asset tag. `fields` maps a field's id (text) to its value."""

    client = models.ForeignKey(
        HaloClient, on_delete=models.CASCADE, null=True, blank=True, related_name="assets"
    )
    site = models.ForeignKey(HaloSite, on_delete=models.SET_NULL, null=True, blank=True)
    asset_type = models.ForeignKey(HaloAssetType, on_delete=models.SET_NULL, null=True, blank=True)
    inventory_number = models.CharField("asset tag", max_length=255, blank=True)
    key_field2 = models.CharField(max_length=255, blank=True)
    key_field3 = models.CharField(max_length=255, blank=True)
    status_id = models.IntegerField(null=True, blank=True)
    fields = models.JSONField(null=True, blank=True)
    users = models.JSONField(default=list, blank=True)
    links = models.JSONField(default=dict, blank=True)
    serial_number = models.CharField(max_length=255, blank=True)
    manufacturer = models.CharField(max_length=255, blank=True)
    model = models.CharField(max_length=255, blank=True)
    purchased_on = models.DateField(null=True, blank=True)
    warranty_starts_on = models.DateField(null=True, blank=True)
    warranty_ends_on = models.DateField(null=True, blank=True)
    custom_fields = models.JSONField(
        null=True, blank=True, help_text="Custom field's id (text) to its shown value; empty: not read."
    )
    properties = models.JSONField(
        default=dict,
        blank=True,
        help_text="Dates of the asset itself, by HaloPSA's name, as far as it tells them.",
    )
    software_read_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [_one_per_credential("asset")]
        ordering = ["name"]
        verbose_name = "Halo asset"
        indexes = [
            models.Index(fields=["active", "warranty_ends_on"], name="assets_by_warranty"),
            models.Index(fields=["active", "purchased_on"], name="assets_by_purchase"),
            models.Index(fields=["name", "-id"], name="assets_by_name"),
        ]


class HaloSoftware(models.Model):
    """A program installed on an asset, as HaloPSA knows it; the whole list of an asset is read at once."""

    asset = models.ForeignKey(HaloAsset, on_delete=models.CASCADE, related_name="software")
    halo_id = models.IntegerField("HaloPSA ID")
    name = models.CharField(max_length=255)
    version = models.CharField(max_length=255, blank=True)
    licence_id = models.IntegerField(null=True, blank=True)
    installed_on = models.DateField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "halo_id"], name="one_program_per_asset")]
        ordering = ["name", "version"]
        verbose_name = "installed software"
        verbose_name_plural = "installed software"

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class HaloLicence(HaloSnapshot):
    """A software licence [software asset]."""

    client = models.ForeignKey(
        HaloClient, on_delete=models.CASCADE, null=True, blank=True, related_name="licences"
    )
    site = models.ForeignKey(HaloSite, on_delete=models.SET_NULL, null=True, blank=True)
    licence_type = models.IntegerField(null=True, blank=True)
    vendor = models.CharField(max_length=255, blank=True)
    manufacturer = models.CharField(max_length=255, blank=True)
    product_sku = models.CharField("SKU", max_length=255, blank=True)
    count = models.IntegerField(null=True, blank=True)
    in_use = models.IntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [_one_per_credential("licence")]
        ordering = ["name"]
        verbose_name = "Halo software licence"


class HaloField(HaloSnapshot):
    kind = models.CharField(
        max_length=10,
        default="asset",
        help_text="asset: an asset field; custom: a custom field of assets; ticket, client, site, user: "
        "custom fields of those.",
    )
    data_type = models.IntegerField(null=True, blank=True, help_text="Halo's number of the kind of value.")
    values = models.JSONField(default=list, blank=True, help_text="Choices of a pick list: id and name.")
    data_length = models.IntegerField(null=True, blank=True)
    lookup_id = models.IntegerField(null=True, blank=True)
    mandatory = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "kind", "halo_id"], name="one_field_per_credential"
            )
        ]
        ordering = ["name"]
        verbose_name = "Halo field"


class HaloOption(Snapshot):
    """A choice that lives in Halo. `halo_id` is text; a priority's is unique only within its SLA."""

    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=OptionKind.choices, db_index=True)
    halo_id = models.CharField("HaloPSA ID", max_length=255)
    name = models.CharField(max_length=255)
    parent = models.CharField(max_length=60, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "kind", "parent", "halo_id"], name="one_option_per_credential"
            )
        ]
        ordering = ["kind", "parent", "name"]
        verbose_name = "Halo option"

    def __str__(self) -> str:
        return self.name
