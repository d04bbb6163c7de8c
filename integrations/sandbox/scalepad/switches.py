"""How the simulated ScalePad can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ScalePadSwitches:
    scalepad_key_revoked: bool = False
    scalepad_calls: int = 50
    """In five seconds; more are answered with 429 and a time to wait."""
    scalepad_no_lifecycle_manager: bool = False
    """The product is not subscribed to: its lists are answered with 402."""
    scalepad_padded_types: bool = False
    """Types of hardware end in blanks."""
    scalepad_lifecycle_ids: bool = False
    """Lifecycles name their asset by id, too."""
    scalepad_plain_dates: bool = False
    """Dates are days in place of times at midnight."""
    scalepad_page_counts: bool = False
    """`total_count` is that of the page."""
    scalepad_cut_lists: int = 0
    """Above 0: each list ends after so many rows, without a cursor, though it says that there are more."""
    scalepad_same_cursor: bool = False
    """Each page names the cursor of the second one."""
