"""Where consoles and HaloPSA do not fit together: found by looking, mended or dismissed by staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from integrations.models import (
    Audited,
    AuditedQuerySet,
    Company,
    Computer,
    Console,
    HaloAsset,
    HaloClient,
    HaloCredential,
)
from mappings.models.computers import ComputerMapping
from mappings.models.ignoring import IgnoredComputer


class GapKind(models.TextChoices):
    NOT_IN_HALO = "not_in_halo", "In a console, not in HaloPSA"
    NOT_IN_CONSOLE = "not_in_console", "In HaloPSA, in no console"
    TWO_COMPANIES = "two_companies", "In two companies"
    BACKUP_ONLY = "backup_only", "Backup without RMM"
    RMM_ONLY = "rmm_only", "RMM without backup"
    NOT_SEEN = "not_seen", "Not seen for long"
    DOUBLE_ASSET = "double_asset", "Duplicate in HaloPSA"


class Gaps(AuditedQuerySet["Gap"]):
    def standing(self) -> Gaps:
        """Without what was mended or ignored since the last look: no need to wait for the next one.

        One row for each machine: without those that a computer of another console tells of.
        """
        there = Q(computer__isnull=True) | Q(computer__active=True)
        there &= Q(halo_asset__isnull=True) | Q(halo_asset__active=True)
        exported = ComputerMapping.objects.filter(
            computer=OuterRef("computer"),
            halo_credential=OuterRef("halo_credential"),
            halo_asset__active=True,
        )
        linked = ComputerMapping.objects.filter(halo_asset=OuterRef("halo_asset"), computer__active=True)
        ignored = IgnoredComputer.objects.filter(computer=OuterRef("computer"))
        return self.filter(
            there,
            Q(told_with__isnull=True) | Q(told_with__active=False),
            Q(computer__isnull=True) | ~Exists(ignored),
            ~Q(kind=GapKind.NOT_IN_HALO) | ~Exists(exported),
            ~Q(kind=GapKind.NOT_IN_CONSOLE) | ~Exists(linked),
        )

    def with_their_machines(self) -> Gaps:
        """These, and what they tell of: the rows of the same machine in other consoles."""
        told = Gap.objects.filter(
            pk__in=self.order_by().values("pk"),
            computer=OuterRef("told_with"),
            kind=OuterRef("kind"),
            halo_credential=OuterRef("halo_credential"),
        )
        return Gap.objects.filter(Q(pk__in=self.order_by().values("pk")) | Q(Exists(told)))

    def of_console(self, console: Any) -> Gaps:
        """Also those that are told with a computer of another console."""
        return self._naming(console=console)

    def of_computer(self, computer: Any) -> Gaps:
        """Also the one that it is told with."""
        return self._naming(computer=computer)

    def _naming(self, **where: Any) -> Gaps:
        also = Gap.objects.filter(
            told_with=OuterRef("computer"),
            kind=OuterRef("kind"),
            halo_credential=OuterRef("halo_credential"),
            **where,
        )
        return self.filter(Q(**where) | Q(Exists(also)))

    def unseen_for(self, days: int, now: datetime | None = None) -> Gaps:
        """Of those not seen only the ones of at least so many days; all others stay."""
        before = (now or timezone.now()) - timedelta(days=days)
        return self.filter(~Q(kind=GapKind.NOT_SEEN) | Q(last_seen__lte=before))

    def open(self) -> Gaps:
        return self.filter(dismissed_at__isnull=True)


class Gap(Audited):
    """A computer or an asset that something is wrong with, towards one HaloPSA credential.

    A dismissed one stays away until what `digest` covers (reason, place) changes. A machine that several
    consoles list has a row for each, one of which tells of all.
    """

    audit_per_computer = True

    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="gaps")
    kind = models.CharField(max_length=20, choices=GapKind.choices)
    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, null=True, related_name="gaps")
    halo_asset = models.ForeignKey(
        HaloAsset, on_delete=models.CASCADE, null=True, related_name="gaps", verbose_name="Halo asset"
    )
    told_with = models.ForeignKey(
        Computer,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The same machine in another console, whose row tells of this one.",
    )
    also_in = models.CharField(
        max_length=500,
        blank=True,
        help_text="Other consoles that list the same machine, as of the last look.",
    )
    console = models.ForeignKey(Console, on_delete=models.CASCADE, null=True, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.SET_NULL, null=True, related_name="+")
    client = models.ForeignKey(
        HaloClient,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="Halo client [customer]",
    )
    name = models.CharField(max_length=255)
    reason = models.CharField(max_length=500)
    last_seen = models.DateTimeField(null=True, help_text="Of the computer, as of the last look.")
    digest = models.CharField(max_length=32, editable=False)
    noticed_at = models.DateTimeField(default=timezone.now, help_text="Since when it is as it is.")
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    dismissed_because = models.CharField(max_length=255, blank=True)

    objects = Gaps.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "kind", "computer"],
                condition=Q(computer__isnull=False),
                name="one_gap_per_kind_and_computer",
            ),
            models.UniqueConstraint(
                fields=["halo_credential", "kind", "halo_asset"],
                condition=Q(halo_asset__isnull=False),
                name="one_gap_per_kind_and_asset",
            ),
            models.CheckConstraint(
                condition=Q(computer__isnull=False, halo_asset__isnull=True)
                | Q(computer__isnull=True, halo_asset__isnull=False),
                name="a_gap_is_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["halo_credential", "dismissed_at", "kind"], name="gaps_by_kind"),
            models.Index(fields=["halo_credential", "dismissed_at", "name"], name="gaps_by_name"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_kind_display()}"
