"""Keys of the REST API."""

from __future__ import annotations

import hashlib
import secrets as random_secrets
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from integrations.choices import TokenScope
from integrations.models.audit import Audited

MANAGE_TOKENS: Final = "integrations.manage_apitoken"


class ApiToken(Audited):
    """A key of the REST API. Only its SHA-256 digest is stored: the key itself is 256 random bits."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="api_tokens",
        verbose_name="staff account",
    )
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=10, choices=TokenScope.choices, default=TokenScope.ADMIN)
    prefix = models.CharField(max_length=8, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API token"
        permissions = (("manage_apitoken", "Can make, see and revoke API tokens of other accounts"),)
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def audit_name(self) -> str:
        """Without the first characters of the key."""
        return self.name

    @staticmethod
    def digest_of(key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()

    def set_new_key(self) -> str:
        """Give this row a new key and return it; it is not stored and can't be shown again."""
        key = random_secrets.token_urlsafe(32)
        self.prefix, self.digest = key[:6], self.digest_of(key)
        return key

    def revoke(self) -> None:
        """Refuse it from now on. The first time stays."""
        ApiToken.objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def tokens_seen_by(account: Any) -> QuerySet[ApiToken]:
    """Who looks after tokens or after staff accounts sees those of all; others their own."""
    rows: QuerySet[ApiToken] = ApiToken.objects.all()
    if account.has_perm(MANAGE_TOKENS) or account.has_perm("auth.view_user"):
        return rows
    return rows.filter(user=account)
