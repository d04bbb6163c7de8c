"""Pairs of a console thing and a Halo thing, and what decides how one becomes the other."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from integrations.models import (
    Company,
    Computer,
    Console,
    HaloAsset,
    HaloClient,
    HaloCredential,
    HaloSite,
    Product,
)


class CompanyMappings(models.QuerySet["CompanyMapping"]):
    def in_force(self) -> CompanyMappings:
        """Without those of other companies than the one that a credential is restricted to."""
        anybody = Q(halo_credential__associated_company__isnull=True)
        return self.filter(anybody | Q(halo_credential__associated_company=F("company")))


class CompanyMapping(models.Model):
    """A company of a console is this Halo client [customer]; new things of it go to this site."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="mappings")
    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, related_name="company_mappings"
    )
    halo_client = models.ForeignKey(
        HaloClient, on_delete=models.PROTECT, related_name="mappings", verbose_name="Halo client [customer]"
    )
    halo_site = models.ForeignKey(
        HaloSite,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="default site",
        help_text="Always a site of the client. Preset: the client's main site.",
    )
    create_tickets = models.BooleanField(
        default=False, help_text="Off: no new tickets; open ones are still noted and closed."
    )
    tickets_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="What was open before is the baseline."
    )
    no_notification = models.BooleanField(
        default=False, help_text="On: nothing at all is written to tickets of this company."
    )
    enable_configuration = models.BooleanField(
        default=False,
        help_text="Kept for the scheduled asset updates of a later release; it has no effect yet.",
    )
    reason = models.CharField(max_length=255, blank=True, help_text="Why this pair.")
    mapped_at = models.DateTimeField(default=timezone.now)
    mapped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CompanyMappings.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "halo_credential"], name="one_client_per_company_and_credential"
            )
        ]
        ordering = ["company__name"]

    def __str__(self) -> str:
        return f"{self.company} → {self.halo_client}"

    def clean(self) -> None:
        """Client and site must belong together and to the credential."""
        if self.halo_client_id and self.halo_credential_id != self.halo_client.halo_credential_id:
            raise ValidationError({"halo_client": "This client belongs to another HaloPSA credential."})
        if self.halo_site_id and self.halo_site and self.halo_site.client_id != self.halo_client_id:
            raise ValidationError({"halo_site": "This site belongs to another client."})


class CompanySuggestion(models.Model):
    """A client that may be this company: computed, never acted on by itself."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="suggestions")
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    halo_client = models.ForeignKey(HaloClient, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(help_text="100: the same normalised name.")
    reason = models.CharField(max_length=255)
    ambiguous = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "halo_client"], name="one_suggestion_per_company_and_client"
            )
        ]
        ordering = ["company__name", "-score"]

    def __str__(self) -> str:
        return f"{self.company} ≈ {self.halo_client}"


class MappingOrigin(models.TextChoices):
    MATCHED = "matched", "Matched"
    CHOSEN = "chosen", "Chosen by hand"
    EXPORTED = "exported", "Exported"


class ComputerMapping(models.Model):
    """A computer is this Halo asset; without an asset it is to be exported."""

    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="mappings")
    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="+", editable=False)
    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, related_name="computer_mappings"
    )
    halo_asset = models.ForeignKey(
        HaloAsset,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="mappings",
        help_text="Empty: to be exported.",
    )
    halo_site = models.ForeignKey(
        HaloSite, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="site"
    )
    asset_type = models.IntegerField(
        null=True, blank=True, help_text="Halo's id of the asset type, for a new asset."
    )
    origin = models.CharField(
        max_length=10, choices=MappingOrigin.choices, default=MappingOrigin.CHOSEN, editable=False
    )
    created_by_us = models.BooleanField(
        default=False, editable=False, help_text="We created the asset; only such an asset is ever retired."
    )
    held = models.BooleanField(default=False, help_text="Left alone until released.")
    reason = models.CharField(max_length=255, blank=True)
    mapped_at = models.DateTimeField(default=timezone.now)
    mapped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["computer", "halo_credential"], name="one_asset_per_computer_and_credential"
            ),
            models.UniqueConstraint(
                fields=["halo_asset", "console"],
                condition=Q(halo_asset__isnull=False),
                name="one_computer_per_asset_and_console",
            ),
        ]
        ordering = ["computer__name"]

    def __str__(self) -> str:
        return f"{self.computer} → {self.halo_asset or 'to be exported'}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.console_id = self.computer.console_id
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class RefusedPair(models.Model):
    """A computer and an asset that staff took apart; they are not matched again."""

    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="refused_pairs")
    halo_asset = models.ForeignKey(HaloAsset, on_delete=models.CASCADE, related_name="+")
    refused_at = models.DateTimeField(default=timezone.now)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["computer", "halo_asset"], name="refused_once"),
        ]

    def __str__(self) -> str:
        return f"{self.computer} ≠ {self.halo_asset}"


class ProductMapping(models.Model):
    """Computers with this product become assets of this type [default asset types]."""

    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="product_mappings")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="mappings")
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    asset_type = models.IntegerField(help_text="Halo's id of the asset type.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "halo_credential"], name="one_type_per_product_and_credential"
            )
        ]
        ordering = ["product__name"]
        verbose_name = "default asset type"

    def __str__(self) -> str:
        return f"{self.product}"


class FieldOwner(models.TextChoices):
    CONSOLE = "console", "Console (always written)"
    HALO = "halo", "HaloPSA (never written)"
    FILL = "fill", "Fill if empty"


class FieldMapping(models.Model):
    """An attribute of a computer goes into this Halo asset field; `asset_type` empty: the common table."""

    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, related_name="field_mappings"
    )
    asset_type = models.IntegerField(null=True, blank=True, help_text="Halo's id; empty: for all types.")
    attribute = models.CharField(max_length=40)
    field_id = models.IntegerField("Halo field", help_text="Halo's id of the asset field.")
    owner = models.CharField(max_length=10, choices=FieldOwner.choices, default=FieldOwner.CONSOLE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "asset_type", "field_id"],
                name="one_source_per_type_and_field",
            ),
            models.UniqueConstraint(
                fields=["halo_credential", "field_id"],
                condition=Q(asset_type__isnull=True),
                name="one_common_source_per_field",
            ),
        ]
        ordering = ["attribute"]

    def __str__(self) -> str:
        return f"{self.attribute} → field {self.field_id}"
