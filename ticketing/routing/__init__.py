"""Events → alerts: where an event belongs, and what it makes of the state of its alert."""

from ticketing.routing.events import Routed, instances_to_deliver, rejudge_waiting, route_events

__all__ = ["Routed", "instances_to_deliver", "rejudge_waiting", "route_events"]
