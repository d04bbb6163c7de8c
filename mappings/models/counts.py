"""How many computers each client had at the end of a month: counted then, kept as it was."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from integrations.models import Console, HaloClient, HaloCredential


class MonthEnd(models.Model):
    """The counting at a month's end. Where there is none for a month, that month was not counted."""

    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="month_ends")
    ends_on = models.DateField("month's end")
    counted_at = models.DateTimeField(default=timezone.now)
    left_out = models.PositiveIntegerField(default=0, help_text="Computers of companies that are not mapped.")
    stale_consoles = models.JSONField(
        default=list, help_text="Consoles that had not been read in the day before: their figures are older."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["halo_credential", "ends_on"], name="a_month_is_counted_once")
        ]
        ordering = ["-ends_on"]

    def __str__(self) -> str:
        return f"{self.ends_on:%Y-%m}"


class MonthCount(models.Model):
    """Computers of one client with one product and one asset type. Names are those of that day."""

    month_end = models.ForeignKey(MonthEnd, on_delete=models.CASCADE, related_name="counts")
    client = models.ForeignKey(HaloClient, on_delete=models.SET_NULL, null=True, related_name="+")
    client_halo_id = models.IntegerField("HaloPSA ID of the client", null=True)
    client_name = models.CharField("client", max_length=255)
    console = models.ForeignKey(Console, on_delete=models.SET_NULL, null=True, related_name="+")
    console_name = models.CharField("console", max_length=200)
    product = models.CharField(max_length=200, blank=True)
    asset_type = models.IntegerField(null=True, help_text="Halo's id; empty: not in HaloPSA.")
    asset_type_name = models.CharField("asset type", max_length=255, blank=True)
    number = models.PositiveIntegerField("computers")

    class Meta:
        indexes = [models.Index(fields=["month_end", "client_name"], name="counts_by_client")]
        ordering = ["client_name", "console_name", "product", "asset_type_name"]
        verbose_name = "count"

    def __str__(self) -> str:
        return f"{self.client_name}, {self.product or 'no product'}: {self.number}"
