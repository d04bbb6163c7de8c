"""How the simulated N-central can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class NCentralSwitches:
    ncentral_token_seconds: int = 3600
    ncentral_user_refused: bool = False
    """The password of the user has expired, and its JSON web token with it."""
    ncentral_most_rows: int = 1000
    """Larger pages are cut silently."""
    ncentral_text_ids: bool = False
    """Ids of customers and sites are text, as some answers have them."""
    ncentral_unsorted: bool = False
    """Each page is taken from a list in another order."""
    ncentral_cards: str = "list"
    """Network cards are a `list`, `wrapped` as `{"list": […]}`, or `one` object."""
    ncentral_single_customer: bool = False
    """The user belongs to the first customer: it sees no service organisation and no other customer."""
    ncentral_assets_refused: bool = False
    """The role of the user may not see asset data."""
    ncentral_calls_at_once: int = 3
    """So many calls of one endpoint may run at a time; one more is answered with 429."""
    ncentral_call_seconds: float = 0.0
    """How long each call runs at least."""
