"""Which HaloPSA a credential belongs to, and what goes with it to another one."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from integrations.models import HaloCredential, Instance


def instance_of(resource_server: str, tenant: str) -> Instance:
    """The instance of normalised servers; made where it is new."""
    return Instance.objects.get_or_create(resource_server=resource_server, tenant=tenant)[0]


def take_along(credential: HaloCredential, resource_server: str, tenant: str) -> Instance:
    """The same HaloPSA under another address: the instance that the credential has from now on.

    To be called in a transaction that has locked the credential. Alone on its instance the credential takes
    it along, with all that is proven, paused and used up. Where others use the old or the new one, the rows
    of this credential change over, and what is proven is proven anew there. An instance that nobody uses any
    more is left to `drop_unused`.
    """
    old = Instance.objects.select_for_update().get(pk=credential.instance_id)
    if (old.resource_server, old.tenant) == (resource_server, tenant):
        return old
    known = Instance.objects.filter(resource_server=resource_server, tenant=tenant).first()
    alone = not old.credentials.exclude(pk=credential.pk).exists()
    if known is None and alone:
        old.resource_server, old.tenant = resource_server, tenant
        old.save(update_fields=["resource_server", "tenant"])
        return old
    new = known or Instance.objects.create(
        resource_server=resource_server, tenant=tenant, marker_field_id=old.marker_field_id
    )
    for model in _belonging():
        rows = model._default_manager.filter(instance=old)
        # Alone: also what belongs to the instance as a whole, such as the calls in its window.
        (rows if alone else _of_credential(model, rows, credential)).update(instance=new)
    if old.writes_stopped and not new.writes_stopped:
        Instance.objects.filter(pk=new.pk).update(writes_stopped=True)
    return new


def drop_unused(instance_id: int) -> None:
    """Delete an instance without credentials."""
    Instance.objects.filter(pk=instance_id, credentials__isnull=True).delete()


def _of_credential(
    model: type[models.Model], rows: QuerySet[Any], credential: HaloCredential
) -> QuerySet[Any]:
    names = {field.name for field in model._meta.get_fields()}
    return rows.filter(halo_credential=credential) if "halo_credential" in names else rows.none()


def _belonging() -> list[type[models.Model]]:
    """Models whose rows belong to an instance; the credentials themselves are changed by the caller."""
    return [
        model
        for model in apps.get_models()
        if model is not HaloCredential
        and any(field.name == "instance" and field.related_model is Instance for field in model._meta.fields)
    ]
