"""How the simulated ConnectWise Automate can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class AutomateSwitches:
    connectwise_automate_token_seconds: int = 3600
    connectwise_automate_most_rows: int = 1000
    """Larger pages are cut silently."""
    connectwise_automate_second_factor: bool = False
    """The user is no Integrator: there is no token without a passcode."""
    connectwise_automate_user_disabled: bool = False
    """Neither the password nor any token is accepted."""
    connectwise_automate_forbidden: tuple[str, ...] = ()
    """Lists that the user's class may not read: `clients`, `locations`, `computers`."""
    connectwise_automate_other_case: bool = False
    """Some keys as the vendor's own description spells them: `MACAddress`, `BiosManufacturer`."""
    connectwise_automate_naive_times: bool = False
    """Times without a zone."""
    connectwise_automate_cut_page: int = 0
    """Above 0: the page of this number lacks its last row, as if nothing were wrong."""
    connectwise_automate_same_page: bool = False
    """`page` is not heeded."""
