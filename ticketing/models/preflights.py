"""What a look into HaloPSA has said about a profile, before its first ticket fails."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ticketing.models.profiles import IntegrationProfile


class PreflightState(models.TextChoices):
    PASSED = "passed", "Nothing found"
    WARNED = "warned", "With warnings"
    FAILED = "failed", "Tickets would fail"


class Preflight(models.Model):
    """The newest look for one profile. `findings` are `{level, about, words}`, see `preflight.checks`."""

    profile = models.OneToOneField(IntegrationProfile, on_delete=models.CASCADE, related_name="preflight")
    state = models.CharField(max_length=8, choices=PreflightState.choices)
    findings = models.JSONField(default=list)
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.profile}: {self.get_state_display()}"
