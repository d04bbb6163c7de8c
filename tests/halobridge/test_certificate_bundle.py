"""A bundle of certificates that can't be used is said at start, not as servers that seem to be down."""

from __future__ import annotations

from pathlib import Path

import certifi
import pytest
from django.conf import LazySettings

from halobridge.checks import certificate_bundle_is_usable


@pytest.mark.parametrize("bundle", ["", certifi.where()])
def test_none_and_a_good_one_are_fine(settings: LazySettings, bundle: str) -> None:
    settings.HALOBRIDGE_CA_BUNDLE = bundle
    assert certificate_bundle_is_usable() == []


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), ("no certificate", "PEM form"), ("", "PEM form")]
)
def test_a_bad_one_is_named_with_the_reason(
    settings: LazySettings, tmp_path: Path, content: str | None, reason: str
) -> None:
    bundle = tmp_path / "own-authority.pem"
    if content is not None:
        bundle.write_text(content)
    settings.HALOBRIDGE_CA_BUNDLE = str(bundle)
    (problem,) = certificate_bundle_is_usable()
    assert "own-authority.pem" in problem.msg
    assert reason in problem.msg
