"""Own alarms: what fails is told once, by mail and webhook, and once when it is over."""

from halobridge.alarms.watch import AlarmWatch

__all__ = ["AlarmWatch"]
