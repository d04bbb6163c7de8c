"""Computers whose asset staff have to decide about, with the evidence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.models import Audited, Computer, HaloCredential


class ReviewKind(models.TextChoices):
    CLONE = "clone", "Several computers, one identity"
    ONE_TO_MANY = "one_to_many", "Several assets fit"
    CONTRADICTION = "contradiction", "The evidence disagrees"
    MOVED = "moved", "Moved to another company"


class ReviewDecision(models.TextChoices):
    LINK = "link", "It is this asset"
    EXPORT = "export", "It needs an asset of its own"
    IGNORE = "ignore", "Ignore the computer"
    MOVE = "move", "Move its asset"
    LEAVE = "leave", "Leave it as it is"


class ComputerReview(Audited):
    """What matching must not decide. An open row follows the facts; one that is decided is history.

    What was left as it is comes back when anything in `kind`, `reason`, `candidates` or `rivals` changes.
    """

    audit_names = ("computer",)
    audit_per_computer = True

    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="reviews")
    kind = models.CharField(max_length=20, choices=ReviewKind.choices)
    reason = models.CharField(max_length=500)
    candidates = models.JSONField(default=list, help_text="Our ids of the assets that come into question.")
    rivals = models.JSONField(default=list, help_text="Our ids of the computers that claim the same.")
    found_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=ReviewDecision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["computer", "halo_credential"],
                condition=Q(decided_at__isnull=True),
                name="one_open_review_per_computer",
            )
        ]
        indexes = [models.Index(fields=["halo_credential", "decided_at", "kind"], name="reviews_to_decide")]
        ordering = ["decided_at", "found_at", "id"]
        verbose_name = "computer to review"
        verbose_name_plural = "computers to review"
        permissions = (("decide_computerreview", "Can decide about computers to review"),)

    def __str__(self) -> str:
        return str(self.computer)

    @property
    def is_open(self) -> bool:
        return self.decided_at is None
