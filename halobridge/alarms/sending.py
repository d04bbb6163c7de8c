"""Messages on their way out: to mail servers, to webhooks, and the heartbeat."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from halobridge.alarms.words import BODIES, Message, mail_text
from integrations.choices import ChannelKind
from integrations.models import AlarmChannel
from integrations.models.fields import UNREADABLE, is_unreadable
from integrations.net.errors import LostAnswer, NetError, NoSecret, Refused, Unreachable
from integrations.net.http import Client, Limits
from integrations.net.redact import redact

LIMITS: Final = Limits(connect=5, read=10, total=10)
SHORTEST_KEY: Final = 8
"""Parts of an address that are so long may be its key; shorter ones are words such as *services*."""


def send(channel: AlarmChannel, message: Message) -> None:
    """One attempt. Raises NetError; `LostAnswer` where it may have arrived."""
    if channel.kind == ChannelKind.MAIL:
        _send_mail(channel, message)
    elif channel.kind == ChannelKind.HEARTBEAT:
        ping(channel)
    else:
        body = BODIES[channel.kind](message)
        _call(channel, lambda client, path, params: client.post(path, params=params, json=body, **_ANY))


def ping(channel: AlarmChannel) -> None:
    """Say that all is well. Raises NetError."""
    _call(channel, lambda client, path, params: client.get(path, params=params, **_ANY))


_ANY: Final[dict[str, Any]] = {"expect_json": False}


def _call(channel: AlarmChannel, ask: Callable[[Client, str, dict[str, str]], Any]) -> None:
    if is_unreadable(channel.address):
        raise NoSecret(UNREADABLE)
    parts = urlsplit(channel.address)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    keys = [part for part in (*parts.path.split("/"), *query.values()) if len(part) >= SHORTEST_KEY]
    client = Client(
        f"{parts.scheme}://{parts.netloc}",
        allow_private=settings.HALOBRIDGE_ALLOW_PRIVATE_HOSTS,
        ca_bundle=settings.HALOBRIDGE_CA_BUNDLE or None,
        limits=LIMITS,
        secrets=[parts.path, *keys] if len(parts.path) > 1 else keys,
    )
    try:
        ask(client, parts.path, query)
    finally:
        client.close()


def _send_mail(channel: AlarmChannel, message: Message) -> None:
    subject = f"HaloBridge: {message.headline}".replace("\n", " ")[:200]
    mail = EmailMessage(subject, mail_text(message), settings.DEFAULT_FROM_EMAIL, channel.addressees)
    try:
        mail.send()
    except (smtplib.SMTPServerDisconnected, TimeoutError):
        raise LostAnswer("The mail server broke off: the mail may have been sent.") from None
    except smtplib.SMTPRecipientsRefused:
        raise Refused("The mail server takes no mail for these recipients.") from None
    except smtplib.SMTPException as error:
        raise Refused(f"The mail server refused the mail: {redact(str(error))[:300]}") from None
    except OSError as error:
        raise Unreachable(f"The mail server cannot be reached: {error.strerror or error}") from None


__all__ = ["NetError", "ping", "send"]
