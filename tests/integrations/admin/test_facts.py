"""Whether something is so is told in words, in neutral colours."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import HaloField
from tests.builders import make_credential

pytestmark = pytest.mark.django_db


def test_yes_and_no_are_words(browser: Client) -> None:
    credential = make_credential()
    for number, mandatory in enumerate((True, False)):
        HaloField.objects.create(
            halo_credential=credential, halo_id=number, kind="asset", name=f"F{number}", mandatory=mandatory
        )
    page = browser.get(reverse("admin:integrations_halofield_changelist")).content.decode()

    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", page, re.DOTALL)]
    assert cells.count("Yes") == 1
    assert cells.count("No") == 1
    assert "check_small" not in page
    assert "close_small" not in page
