"""Which Halo site a location of a company is."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.utils import timezone

from integrations.models import Audited, AuditedQuerySet, HaloSite, Location
from mappings.models.companies import CompanyMapping


class LocationMappings(AuditedQuerySet["LocationMapping"]):
    def in_use(self) -> LocationMappings:
        """Those whose site still is an active one of the mapping's client; the others count as unmapped."""
        return self.filter(halo_site__active=True, halo_site__client=F("company_mapping__halo_client"))


class LocationMapping(Audited):
    """Things at this location go to this site; a location without one goes to the mapping's default site."""

    audit_names = ("location", "halo_site")

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="mappings")
    company_mapping = models.ForeignKey(
        CompanyMapping, on_delete=models.CASCADE, related_name="location_mappings"
    )
    halo_site = models.ForeignKey(
        HaloSite, on_delete=models.CASCADE, related_name="+", verbose_name="Halo site"
    )
    mapped_at = models.DateTimeField(default=timezone.now, editable=False)
    mapped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = LocationMappings.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["location", "company_mapping"], name="one_site_per_location_and_mapping"
            )
        ]
        ordering = ["location__name"]

    def __str__(self) -> str:
        return f"{self.location} → {self.halo_site}"

    def clean(self) -> None:
        """Location and site belong to the two sides of the mapping."""
        if self.location.company_id != self.company_mapping.company_id:
            raise ValidationError({"location": "This location is not one of the mapping's company."})
        if self.halo_site.client_id != self.company_mapping.halo_client_id:
            client = self.company_mapping.halo_client
            raise ValidationError({"halo_site": f"This site is not one of the client {client}."})
        if not self.halo_site.active:
            raise ValidationError({"halo_site": f"The site {self.halo_site} is not active in HaloPSA."})
