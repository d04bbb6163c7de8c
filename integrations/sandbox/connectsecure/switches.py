"""How the simulated ConnectSecure can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ConnectSecureSwitches:
    connectsecure_token_seconds: int = 3600
    """The vendor does not say how long a token lives."""
    connectsecure_flat_token: bool = False
    """The answer to the log-in has the token beside `status`, not in `data`."""
    connectsecure_polite_refusals: bool = False
    """What is refused comes with status 200 and `status: false`."""
    connectsecure_most_rows: int = 5000
    """Larger pages are cut silently."""
    connectsecure_no_totals: bool = False
    """No row repeats how many there are."""
    connectsecure_skip_ignored: bool = False
    """Every page is the first."""
    connectsecure_condition_ignored: bool = False
    connectsecure_order_ignored: bool = False
    """Rows come in the order in which they were made."""
    connectsecure_bare_times: bool = False
    """Times have neither `T` nor zone."""
    connectsecure_opaque_events: bool = False
    """`event_id` names nothing; whose an event is stands in the ticket that was made of it."""
    connectsecure_audits_refused: bool = False
    """The key's user may not see the audits."""
    connectsecure_cut_remediation: int = 0
    """Above 0: the list of remediation breaks off after so many rows, though its rows tell the true total."""
