"""Computers that staff leave out: one by one, or by rule."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.models import Audited, Company, Computer, Console


class IgnoreRule(Audited):
    """Computers that fit every condition which is set are ignored: no export, sync, tickets or gaps."""

    name = models.CharField(max_length=100, help_text="Why they are ignored, e.g. “Test bench”.")
    enabled = models.BooleanField(default=True)
    console = models.ForeignKey(
        Console, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="None: all."
    )
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="None: all."
    )
    name_pattern = models.CharField(
        max_length=255,
        blank=True,
        help_text="Device name; * stands for anything, ? for one character. Case does not matter.",
    )
    product = models.CharField(
        max_length=200, blank=True, help_text="As the console spells it; any of the computer's products."
    )
    device_class = models.CharField(max_length=40, blank=True, help_text="As on the computer's page.")
    tag = models.CharField(max_length=100, blank=True, help_text="Of the computer, as the console spells it.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    CONDITIONS = ("console", "company", "name_pattern", "product", "device_class", "tag")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A rule without a condition would ignore everything."""
        for name in ("name_pattern", "product", "device_class", "tag"):
            setattr(self, name, getattr(self, name).strip())
        if not any((self.console_id, self.company_id, self.name_pattern.strip("*"), *self._texts)):
            raise ValidationError("Set at least one condition: without any, all computers would be ignored.")
        if (
            self.company_id
            and self.console_id
            and self.company
            and self.company.console_id != self.console_id
        ):
            raise ValidationError({"company": f"{self.company} is not a company of {self.console}."})

    @property
    def _texts(self) -> tuple[str, str, str]:
        return self.product, self.device_class, self.tag


class IgnoredComputer(Audited):
    """A computer is ignored, by a rule or (without one) by hand. Rows of rules follow from them."""

    audit_names = ("computer",)
    audit_per_computer = True

    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="ignored_by")
    rule = models.ForeignKey(
        IgnoreRule, on_delete=models.CASCADE, null=True, blank=True, related_name="ignored", editable=False
    )
    reason = models.CharField(max_length=255, blank=True)
    ignored_at = models.DateTimeField(default=timezone.now, editable=False)
    ignored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["computer", "rule"], name="ignored_once_by_rule"),
            models.UniqueConstraint(
                fields=["computer"], condition=Q(rule__isnull=True), name="ignored_once_by_hand"
            ),
        ]
        ordering = ["computer__name"]

    def __str__(self) -> str:
        return str(self.computer)
