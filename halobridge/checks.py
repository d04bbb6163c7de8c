"""System checks: what would only fail later is said at start."""

from __future__ import annotations

import re
import ssl
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from halobridge import error_reports


@register()
def encryption_keys_are_usable(**_: Any) -> list[CheckMessage]:
    """Each key must be 32 url-safe base64 bytes; a bad one is named by its position, never printed."""
    problems: list[CheckMessage] = []
    for position, key in enumerate(settings.HALOBRIDGE_ENCRYPTION_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            problems.append(
                Error(
                    f"Key {position} in HALOBRIDGE_ENCRYPTION_KEYS is not a valid key.",
                    hint="Make one with: python -c 'from cryptography.fernet import Fernet; "
                    "print(Fernet.generate_key().decode())'",
                    id="halobridge.E001",
                )
            )
    return problems


@register()
def run_limit_is_usable(**_: Any) -> list[CheckMessage]:
    """A limit of nothing would end every sync as soon as it begins."""
    if settings.HALOBRIDGE_RUN_HOURS > 0:
        return []
    return [
        Error(
            "HALOBRIDGE_RUN_HOURS has to be more than 0.",
            hint="It is the number of hours after which a run that only reads is ended; usually 6.",
            id="halobridge.E002",
        )
    ]


@register()
def api_rate_is_usable(**_: Any) -> list[CheckMessage]:
    """Said at start instead of as an error of every call."""
    rate = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["token"]
    if rate is None or re.fullmatch(r"[1-9][0-9]*/(s|sec|m|min|h|hour|d|day)", rate):
        return []
    return [
        Error(
            f"HALOBRIDGE_API_RATE can't be used: {rate!r}.",
            hint="Write calls per time, such as 1200/min, or nothing for no limit.",
            id="halobridge.E004",
        )
    ]


@register()
def certificate_bundle_is_usable(**_: Any) -> list[CheckMessage]:
    """A bundle that can't be read would make every server look as if it were down."""
    bundle = settings.HALOBRIDGE_CA_BUNDLE
    if not bundle:
        return []
    try:
        ssl.create_default_context(cafile=bundle)
    except OSError as problem:  # an SSLError is one, too
        is_no_bundle = isinstance(problem, ssl.SSLError)
        reason = "it holds no certificate in PEM form" if is_no_bundle else problem.strerror
        return [
            Error(
                f"HALOBRIDGE_CA_BUNDLE can't be used: {bundle}: {reason}.",
                hint="Give the path of a file with the certificates of your own authority in PEM form.",
                id="halobridge.E003",
            )
        ]
    return []


@register()
def errors_can_be_reported(**_: Any) -> list[CheckMessage]:
    """What can't be reported is said at start: otherwise nobody would miss it."""
    address = settings.HALOBRIDGE_SENTRY_DSN
    problem = error_reports.problem(address) if address else ""
    if not problem:
        return []
    hint = (
        "pip install sentry-sdk into the same environment, use the DSN as Sentry shows it, or leave it empty."
    )
    return [Error(problem, hint=hint, id="halobridge.E005")]
