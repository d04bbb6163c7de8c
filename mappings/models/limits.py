"""How far scheduled asset updates may go by themselves."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from integrations.models import Audited, HaloCredential


class SyncLimits(Audited):
    """Limits of the scheduled asset updates of one HaloPSA credential. One without a row has the defaults."""

    audit_names = ("halo_credential",)

    halo_credential = models.OneToOneField(
        HaloCredential, on_delete=models.CASCADE, related_name="sync_limits"
    )
    interval_minutes = models.PositiveIntegerField(
        "minutes between two updates",
        default=240,
        validators=[MinValueValidator(15), MaxValueValidator(10_080)],
    )
    create_assets = models.BooleanField(
        "create assets of new computers",
        default=True,
        help_text="Off: assets that are there are kept up to date, new ones wait for an export by hand.",
    )
    most_share = models.PositiveSmallIntegerField(
        "most changes of a company, in per cent",
        default=20,
        validators=[MaxValueValidator(100)],
        help_text="Of its assets. More of them wait for approval.",
    )
    always_allowed = models.PositiveIntegerField(
        "changes of a company that are always allowed",
        default=5,
        help_text="So many need no approval, whatever their share: small companies have few assets.",
    )
    most_deactivations = models.PositiveIntegerField(
        "most assets made inactive by one run",
        default=5,
        help_text="Over all companies. If there are more, all of them wait for approval.",
    )

    class Meta:
        verbose_name = "limits of asset updates"
        verbose_name_plural = "limits of asset updates"

    def __str__(self) -> str:
        return f"Limits of asset updates with {self.halo_credential}"


def limits_of_many(credentials: Iterable[HaloCredential]) -> dict[int, SyncLimits]:
    """Limits by the credential's id, unsaved defaults where nobody has set any. One query."""
    wanted = list(credentials)
    stored = {row.halo_credential_id: row for row in SyncLimits.objects.filter(halo_credential__in=wanted)}
    return {row.pk: stored.get(row.pk) or SyncLimits(halo_credential=row) for row in wanted}
