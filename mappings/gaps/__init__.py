"""Gaps between consoles and HaloPSA: looked for in passes over the tables, told, dismissed. No network."""

from mappings.gaps.dismissing import dismiss, restore
from mappings.gaps.finders import SHORTEST_UNSEEN
from mappings.gaps.looking import look_at, look_for
from mappings.gaps.scope import computer_types

__all__ = ["SHORTEST_UNSEEN", "computer_types", "dismiss", "look_at", "look_for", "restore"]
