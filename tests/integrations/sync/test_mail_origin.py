"""A sender counts as authentic only if the named server says so of the sender's own domain."""

from __future__ import annotations

import pytest

from integrations.sync.mail_origin import why_not_authentic
from integrations.sync.mails import parse_mail
from tests.integrations.sync.written import write

SENDER = "alerts@vendor.example"
SERVER = "mx.msp.example"


@pytest.mark.parametrize(
    "told",
    [
        "mx.msp.example; dkim=pass header.d=vendor.example",
        "MX.msp.example 1; spf=fail smtp.mailfrom=x.example; dkim=pass (a key) header.i=@vendor.example",
        "mx.msp.example; spf=pass smtp.mailfrom=bounces@mail.vendor.example",
        "mx.msp.example; dmarc=pass (p=REJECT sp=REJECT) header.from=vendor.example",
        "mx.msp.example (a; comment = pass); dkim=pass header.d=vendor.example",
    ],
)
def test_a_pass_for_the_own_domain_counts(told: str) -> None:
    assert why_not_authentic(SENDER, [told], SERVER) == ""


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("mx.msp.example; dkim=fail header.d=vendor.example", "neither dkim nor spf to pass"),
        ("mx.msp.example; none", "neither dkim nor spf to pass"),
        ("mx.msp.example; dkim=pass header.d=evil.example", "another domain than vendor.example"),
        ("mx.msp.example; dkim=pass header.d=evilvendor.example", "another domain"),
        ("mx.evil.example; dkim=pass header.d=vendor.example", "No Authentication-Results header"),
        ("mx.msp.example; x=(dkim=pass header.d=vendor.example)", "neither"),
        ("mx.msp.example; dkim=pass", "neither"),
    ],
)
def test_anything_else_does_not(told: str, reason: str) -> None:
    assert reason in why_not_authentic(SENDER, [told], SERVER)


def test_only_the_topmost_header_of_the_server_counts() -> None:
    """A forger can send one along; the receiving server puts its own on top of it."""
    raw = write(
        headers=(
            ("Authentication-Results", "mx.msp.example; dkim=none"),
            ("Authentication-Results", "mx.msp.example; dkim=pass header.d=vendor.example"),
        )
    )
    mail = parse_mail(raw)
    assert len(mail.authentication_results) == 2
    assert "neither" in why_not_authentic(mail.sender, mail.authentication_results, SERVER)
