"""What has happened to company mappings, and what is new on either side."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.models import Audited, Company, HaloClient, HaloCredential


class CompanyChange(models.Model):
    """One change of a company's mapping in a credential. It outlives the mapping."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=500)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the bridge itself, or a staff account that was deleted.",
    )

    class Meta:
        indexes = [models.Index(fields=["company", "halo_credential"], name="changes_of_company_mapping")]
        ordering = ["-changed_at", "-id"]
        verbose_name = "change of a company mapping"
        verbose_name_plural = "changes of company mappings"

    def __str__(self) -> str:
        return f"{self.company}: {self.text}"


class NewcomerState(models.TextChoices):
    KNOWN = "known", "Known from the start"
    OPEN = "open", "To do"
    DISMISSED = "dismissed", "Dismissed"


class Newcomer(Audited):
    """A company or a Halo client as it was first seen in a credential; new ones are to-dos.

    What was there at the first look is known, not new. A to-do that was mapped or ignored is no longer
    listed, see `linking.newcomers.open_todos`.
    """

    audit_names = ("company", "halo_client")

    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    halo_client = models.ForeignKey(
        HaloClient, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=NewcomerState.choices)
    noticed_at = models.DateTimeField(default=timezone.now)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["halo_credential", "company"], name="newcomer_company_once"),
            models.UniqueConstraint(fields=["halo_credential", "halo_client"], name="newcomer_client_once"),
            models.CheckConstraint(
                condition=Q(company__isnull=True) ^ Q(halo_client__isnull=True), name="newcomer_is_one_thing"
            ),
        ]
        indexes = [models.Index(fields=["halo_credential", "state"], name="newcomers_by_state")]
        ordering = ["-noticed_at", "-id"]
        verbose_name = "new company or client"
        verbose_name_plural = "new companies and clients"

    def __str__(self) -> str:
        return f"New: {self.company or self.halo_client}"
