"""Scheduled asset updates [Enable configuration]: the plan of an export, applied by itself within limits."""

from mappings.keeping.releasing import release
from mappings.keeping.scheduled import keep_assets

__all__ = ["keep_assets", "release"]
