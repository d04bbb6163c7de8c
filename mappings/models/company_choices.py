"""What staff decide about companies besides the pair itself: fields to suggest by, and leaving one alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from integrations.models import Audited, Company, Console, HaloClient, HaloCredential, HaloField

CUSTOM_FIELD = "CF"
"""Before the id of a custom field."""


class CompanyField(models.TextChoices):
    """What a console's company may hold that Halo's client holds as well."""

    ACCOUNT_NUMBER = "account_number", "Account number"
    EXTERNAL_ID = "external_id", "ID in the console"
    DOMAIN = "domain", "Domain"
    TAG = "tag", "Tag (any of them)"


class ClientField(models.TextChoices):
    """Where a Halo client holds the same. Third-party ids carry the name that Halo's API gives them."""

    REFERENCE = "reference", "Reference (where that is empty: accounts ID)"
    ACCOUNTSID = "accountsid", "Accounts ID"
    HALO_ID = "halo_id", "HaloPSA ID"
    DOMAIN = "domain", "Domain"
    NINJARMM = "ninjarmmid", "NinjaOne ID"
    DATTO = "datto_id", "Datto ID"
    DATTO_ALTERNATE = "datto_alternate_id", "Datto alternate ID"
    NCENTRAL = "ncentral_details_id", "N-central details ID"
    CONNECTWISE = "connectwiseid", "ConnectWise ID"
    AUTOTASK = "autotaskid", "Autotask ID"
    ATERA = "ateraid", "Atera ID"
    SYNCRO = "syncroid", "Syncro ID"
    AUTOMATE = "cautomateid", "ConnectWise Automate ID"
    KASEYA = "kaseyaid", "Kaseya ID"
    ITGLUE = "itglue_id", "IT Glue ID"
    LIONGARD = "liongardid", "Liongard ID"


class SuggestionFields(Audited):
    """Of this console and credential: a field of either side that holds the same, unique value in both."""

    audit_names = ("console",)

    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="+")
    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, related_name="+", verbose_name="HaloPSA credential"
    )
    company_field = models.CharField(
        "field of the console's company", max_length=20, choices=CompanyField.choices
    )
    client_field = models.CharField(
        "field of the Halo client",
        max_length=60,
        help_text=f"{', '.join(ClientField.values)}, or CF with the ID of a custom field of clients.",
    )
    client_field_name = models.CharField(
        max_length=255, blank=True, editable=False, help_text="What HaloPSA calls that custom field."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["console", "halo_credential"], name="one_pair_of_fields_per_console_and_credential"
            )
        ]
        ordering = ["console__name"]
        verbose_name = "pair of fields for suggestions"
        verbose_name_plural = "pairs of fields for suggestions"

    def __str__(self) -> str:
        return f"{self.console}: {self.words}"

    @property
    def words(self) -> str:
        return f"{self.get_company_field_display()} = {self.client_field_words}"

    @property
    def client_field_words(self) -> str:
        if self.client_field in ClientField.values:
            return str(ClientField(self.client_field).label)
        return f"Custom field {self.client_field_name or self.client_field}"


def client_fields(credential_id: int | None) -> dict[str, str]:
    """What can be chosen as `client_field` in a credential, and its words."""
    custom = HaloField.objects.filter(halo_credential=credential_id, kind="client", active=True)
    named = custom.order_by("name").values_list("halo_id", "name")
    return {
        **{str(value): str(label) for value, label in ClientField.choices},
        **{f"{CUSTOM_FIELD}{number}": name for number, name in named},
    }


class IgnoredCompany(Audited):
    """A company that staff do not want to map in this credential: no suggestions, no to-dos."""

    audit_names = ("company",)

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="ignored_in")
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=255, blank=True)
    ignored_at = models.DateTimeField(default=timezone.now, editable=False)
    ignored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "halo_credential"], name="ignored_once_per_credential")
        ]
        ordering = ["company__name"]
        verbose_name_plural = "ignored companies"

    def __str__(self) -> str:
        return f"{self.company} is left alone"


class RefusedCompanyPair(Audited):
    """A company and a Halo client that staff took apart: not accepted in bulk again, only by hand."""

    audit_names = ("company", "halo_client")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="refused_clients")
    halo_client = models.ForeignKey(HaloClient, on_delete=models.CASCADE, related_name="+")
    refused_at = models.DateTimeField(default=timezone.now, editable=False)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "halo_client"], name="company_pair_refused_once")
        ]

    def __str__(self) -> str:
        return f"{self.company} ≠ {self.halo_client}"
