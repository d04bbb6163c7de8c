"""Scheduled asset updates [Enable configuration]: the plan of an export, applied by itself within limits."""

from mappings.keeping.releasing import release
from mappings.keeping.scheduled import keep_assets
from mappings.keeping.waiting import asks_about_it

__all__ = ["asks_about_it", "keep_assets", "release"]
