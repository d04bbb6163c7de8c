"""The audit log of staff accounts, groups, their rights and log-ins, and of relations of many to many."""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.http import HttpRequest

from halobridge.acting import actor_of
from halobridge.lockout import address_of
from integrations.acting import Actor, AuditSource, current_actor
from integrations.models import Audited
from integrations.models.audit import AuditAction, deleted, locked, note, related_changed, saved

log = logging.getLogger(__name__)

_STORED = "_stored_before"


def watch() -> None:
    """Connect; called once when the applications are ready."""
    accounts: tuple[type[Model], ...] = (get_user_model(), Group)
    for model in accounts:
        pre_save.connect(_remember, sender=model, dispatch_uid=f"audit-pre-{model.__name__}")
        post_save.connect(_saved, sender=model, dispatch_uid=f"audit-post-{model.__name__}")
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"audit-gone-{model.__name__}")
    for model in (*accounts, *(model for model in apps.get_models() if issubclass(model, Audited))):
        for field in model._meta.local_many_to_many:
            through: Any = field.remote_field.through  # type: ignore[union-attr]
            m2m_changed.connect(_related, sender=through, dispatch_uid=f"audit-{through.__name__}")
    user_logged_in.connect(_logged_in, dispatch_uid="audit-log-in")
    user_logged_out.connect(_logged_out, dispatch_uid="audit-log-out")
    user_login_failed.connect(_failed, dispatch_uid="audit-failed-log-in")


def _remember(sender: type[Model], instance: Model, **_: Any) -> None:
    """As it is stored; on pages, which save in a transaction, nobody else can change it until then."""
    if current_actor() is None or not instance.pk:
        return
    rows = sender._base_manager.filter(pk=instance.pk)
    setattr(instance, _STORED, (locked(rows) if connection.in_atomic_block else rows).first())


def _saved(instance: Model, update_fields: Any = None, raw: bool = False, **_: Any) -> None:
    former = instance.__dict__.pop(_STORED, None)
    if current_actor() is not None and not raw:
        saved(instance, former, update_fields)


def _deleted(instance: Model, **_: Any) -> None:
    deleted(instance)


def _related(
    sender: Any, instance: Model, action: str, model: Any, pk_set: set[Any] | None, reverse: bool, **_: Any
) -> None:
    """Before a relation is emptied what it held is still there; what is set is added and taken one by one."""
    if reverse or current_actor() is None:
        return
    field = next(
        field
        for field in instance._meta.local_many_to_many
        if field.remote_field.through is sender  # type: ignore[union-attr]
    )
    numbers = pk_set or set()
    if action == "pre_clear":
        related_changed(instance, field.name, model, added=(), lost=set(_held(instance, field.name)))
    elif action == "post_add" and numbers:
        related_changed(instance, field.name, model, added=numbers, lost=())
    elif action == "post_remove" and numbers:
        related_changed(instance, field.name, model, added=(), lost=numbers)


def _held(instance: Model, name: str) -> list[Any]:
    return list(getattr(instance, name).order_by().values_list("pk", flat=True))


def _logged_in(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None:
        note(AuditAction.LOG_IN, user, actor=actor_of(request, user))


def _logged_out(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None and user is not None:
        note(AuditAction.LOG_OUT, user, actor=actor_of(request, user))


def _failed(credentials: Any, request: HttpRequest | None = None, **_: Any) -> None:
    """Only of accounts that there are: what else was typed may be a password in the wrong field, and is
    counted under failed log-ins. Who fails too often has to wait, so that these cannot flood the log."""
    typed = str(credentials.get("username") or "")
    account = get_user_model().objects.filter(username=typed).first() if typed else None
    if request is None:
        return
    told = {"account": typed} if account else {}
    log.warning(
        "A log-in failed%s", f" as {typed}" if account else "", extra={"address": address_of(request), **told}
    )
    if account is not None:
        _note_failed(request, account)


def _note_failed(request: HttpRequest, account: Any) -> None:
    told = actor_of(request, account)
    actor = Actor(
        who=f"somebody, as {account}",
        source=AuditSource.ADMIN,
        address=told.address if told else None,
        place=told.place if told else "",
    )
    note(AuditAction.FAILED_LOG_IN, account, actor=actor)
