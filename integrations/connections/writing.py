"""Stopping all writing to an instance, and allowing it again. Each is safe to repeat."""

from __future__ import annotations

from integrations.models import Instance
from integrations.runs.request import request_delivery


def stop_writing(instance: Instance) -> None:
    """In force for the next call, also in mid-run."""
    Instance.objects.filter(pk=instance.pk).update(writes_stopped=True)


def stop_all_writing() -> list[Instance]:
    """Nothing is written to any HaloPSA any more; the instances that were not stopped before."""
    stopped = list(Instance.objects.filter(writes_stopped=False).order_by("pk"))
    Instance.objects.filter(writes_stopped=False).update(writes_stopped=True)
    return stopped


def allow_writing(instance: Instance) -> None:
    """What is planned there goes out at once."""
    Instance.objects.filter(pk=instance.pk).update(writes_stopped=False)
    request_delivery(instance)


def prove_again(instance: Instance) -> None:
    """For a HaloPSA that was updated: what it can do is tried anew with the next reads and exports."""
    Instance.objects.filter(pk=instance.pk).update(batch_size=0, list_fields_proven=False)
