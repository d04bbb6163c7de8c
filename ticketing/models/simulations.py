"""Replays of stored events against a draft."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from integrations.models import Run
from mappings.models import CompanyMapping
from ticketing import clock
from ticketing.models.profiles import EventSet, IntegrationProfile


class Simulation(models.Model):
    """The last days once more, with a pair of event set and profile as the first rule; or as everything is.

    `result` is that of `ticketing.simulate`: totals, by day, by company, each beside what really happened.
    """

    days = models.PositiveSmallIntegerField(
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text="As many days before them are replayed as well, uncounted.",
    )
    event_set = models.ForeignKey(
        EventSet,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="With a profile: as if this pair were the first rule. Empty: as everything is set up now.",
    )
    profile = models.ForeignKey(
        IntegrationProfile, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    company_mapping = models.ForeignKey(
        CompanyMapping,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="The rule is for this company only. Empty: for all of the profile's HaloPSA credential.",
    )
    event_set_changes = models.JSONField(
        default=dict, blank=True, help_text="Columns of the event set that are different in the draft."
    )
    profile_changes = models.JSONField(
        default=dict, blank=True, help_text="Columns of the profile that are different in the draft."
    )
    run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    result = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        pair = f"{self.event_set} → {self.profile}" if self.event_set and self.profile else "as it is now"
        return f"{self.days} days, {pair}"
