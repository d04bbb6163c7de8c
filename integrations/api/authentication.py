"""Who calls: `Authorization: Token <key>`."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from integrations.models import ApiToken

STAMP_EVERY = timedelta(minutes=1)
"""How exact *last used* is: a busy program costs one write a minute."""


class ApiTokenAuthentication(BaseAuthentication):
    """One query. The key is 256 random bits, so its plain SHA-256 digest serves as the look-up key."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != self.keyword.lower().encode():
            return None
        if len(words) != 2:
            raise AuthenticationFailed("Write the header as: Authorization: Token <key>.")
        digest = ApiToken.digest_of(words[1].decode("latin-1"))
        token = ApiToken.objects.select_related("user").filter(digest=digest).first()
        if token is None:
            raise AuthenticationFailed("This token is not known.")
        _refuse_unusable(token)
        _stamp(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer a 401 with `WWW-Authenticate` instead of a 403."""
        return f'{self.keyword} realm="HaloBridge"'


def _refuse_unusable(token: ApiToken) -> None:
    if token.revoked_at is not None:
        raise AuthenticationFailed("This token has been revoked.")
    if token.expires_at is not None and token.expires_at <= timezone.now():
        raise AuthenticationFailed("This token has expired.")
    if not token.user.is_active:
        raise AuthenticationFailed("The staff account of this token is switched off.")


def _stamp(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at > now - STAMP_EVERY:
        return
    # Conditional, so that parallel requests of one program write once.
    due = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - STAMP_EVERY)
    ApiToken.objects.filter(due, pk=token.pk).update(last_used_at=now)
