"""Ids in bodies: within what the columns hold, so that none of them overflows in a query."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

LARGEST_ID: Final = 2**63 - 1
LARGEST_HALO_ID: Final = 2**31 - 1


class OurId(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST_ID, **kwargs})


class HaloId(serializers.IntegerField):
    """Halo's own id of something. Some that Halo brings along are negative."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": -LARGEST_HALO_ID - 1, "max_value": LARGEST_HALO_ID, **kwargs})
