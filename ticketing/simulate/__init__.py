"""What a draft of event set, profile and rule would have done with the stored events: the real code again.

The replay runs in a database of its own in memory, with a clock of its own: routing, rules, noise and
planning are the very ones that judge real events, so its forecast is what would happen as long as nobody
acts in HaloPSA.
"""

from ticketing.simulate.replay import simulate

__all__ = ["simulate"]
