"""Which Halo client a company of a console is."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from integrations.models import Audited, AuditedQuerySet, Company, HaloClient, HaloCredential, HaloSite
from integrations.sync.sentences import sentence


class CompanyMappings(AuditedQuerySet["CompanyMapping"]):
    def in_force(self) -> CompanyMappings:
        """Without those of other companies than the one that a credential is restricted to."""
        anybody = Q(halo_credential__associated_company__isnull=True)
        return self.filter(anybody | Q(halo_credential__associated_company=F("company")))

    def in_use(self) -> CompanyMappings:
        """Without those of offboarded companies."""
        return self.filter(archived_at__isnull=True)

    def broken(self) -> CompanyMappings:
        """Those that HaloPSA has pulled the ground from: see `CompanyMapping.why_broken`."""
        renamed = Q(known_as__gt="") & ~Q(known_as=F("halo_client__name"))
        astray = Q(halo_site__isnull=False) & ~Q(halo_site__client=F("halo_client"))
        return self.in_use().filter(
            Q(halo_client__active=False) | renamed | Q(halo_site__active=False) | astray
        )


class CompanyMapping(Audited):
    """A company of a console is this Halo client [customer]; new things of it go to this site."""

    audit_names = ("company", "halo_client")
    audit_also = frozenset({"archived_at", "tickets_since"})

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
        help_text="On: the assets of this company are kept up to date by schedule, within the limits that "
        "staff have set. Off: they stay as they are.",
    )
    archived_at = models.DateTimeField(
        "offboarded",
        null=True,
        blank=True,
        editable=False,
        help_text="No new tickets and no asset updates since then; it can be brought back.",
    )
    switches_before = models.JSONField(
        default=list, blank=True, editable=False, help_text="Switches that offboarding has turned off."
    )
    reason = models.CharField(max_length=255, blank=True, help_text="Why this pair.")
    known_as = models.CharField(
        max_length=255,
        blank=True,
        editable=False,
        help_text="The client's name when staff last looked at this pair; another name now is a question.",
    )
    mapped_at = models.DateTimeField(default=timezone.now)
    mapped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CompanyMappings.as_manager()  # type: ignore[misc]

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

    def why_broken(self) -> str:
        """What became of client or site since this was mapped, as a sentence; "" if all is well.

        Reads `halo_client` (with `merged_into`) and `halo_site`: lists select them along.
        """
        client, site = self.halo_client, self.halo_site
        if self.archived_at is not None:
            return ""
        if not client.active and client.merged_into is not None:
            return sentence(f"HaloPSA has merged the client {client} into {client.merged_into}")
        if not client.active:
            return f"The client {client} is no longer active in HaloPSA."
        if self.is_renamed:
            return sentence(f"HaloPSA has renamed the client: {self.known_as} is now {client}")
        if site is not None and site.client_id != client.pk:
            return f"The default site {site} was moved to another client."
        if site is not None and not site.active:
            return f"The default site {site} is no longer active in HaloPSA."
        return ""

    @property
    def is_renamed(self) -> bool:
        return bool(self.known_as) and self.known_as != self.halo_client.name


class Evidence(models.TextChoices):
    """What speaks for a suggestion, the strongest first."""

    FIELD = "field", "The same value in the chosen pair of fields"
    DOMAIN = "domain", "The same domain"
    NAME = "name", "The same name"
    SIMILAR = "similar", "A similar name"
    REFUSED = "refused", "Taken apart by staff"


class CompanySuggestion(models.Model):
    """A client that may be this company: computed, never acted on by itself."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="suggestions")
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    halo_client = models.ForeignKey(HaloClient, on_delete=models.CASCADE, related_name="company_suggestions")
    score = models.PositiveSmallIntegerField(help_text="100: an exact one.")
    evidence = models.CharField(max_length=10, choices=Evidence.choices, default=Evidence.NAME)
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
