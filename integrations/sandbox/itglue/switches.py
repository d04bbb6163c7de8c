"""How the simulated IT Glue can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ITGlueSwitches:
    itglue_key_revoked: bool = False
    itglue_wrong_key_status: int = 401
    """403 is the other reported answer: "Forbidden", also for a key of another region."""
    itglue_calls: int = 3000
    """In five minutes; more are answered with 429."""
    itglue_locations_refused: bool = False
    itglue_archived_hidden: bool = False
    """Archived configurations are listed only where they are asked for."""
    itglue_text_ids: bool = False
    """Ids of relations are text in place of numbers."""
    itglue_times_on_dates: bool = False
    """Warranty and purchase are times at midnight in place of days."""
    itglue_without_count: bool = False
    """Lists do not say how many rows there are."""
    itglue_cut_lists: int = 0
    """Above 0: each list breaks off after so many rows, though it says that there are more."""
    itglue_first_page_only: bool = False
    """Every page is the first one."""
