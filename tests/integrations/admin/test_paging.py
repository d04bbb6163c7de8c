"""How many things a list of a page holds."""

from __future__ import annotations

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (7, "1–5 of 7 rows")]
)
def test_one_thing_is_not_told_as_several(count: int, said: str) -> None:
    page = Paginator(range(count), 5).page(1)
    shown = render_to_string("bridge/paging.html", {"page": page, "what": "rows", "one": "row"})
    assert f">{said}<" in shown
