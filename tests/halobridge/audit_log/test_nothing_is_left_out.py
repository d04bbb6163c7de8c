"""Whatever has a form in the admin, or is written by REST, is a model whose changes are told."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import models
from django_q.models import Failure, OrmQ, Schedule, Success

import halobridge.urls  # noqa: F401  its routes
from integrations.admin.bases import HistoryAdmin
from integrations.api.resources import WriteResource
from integrations.models import Audited, Upload
from mappings.models import MappingSheet
from ticketing.models import Simulation

TOLD_BY_SIGNALS = {User, Group}
ONLY_LOOKED_AT = {Failure, OrmQ, Schedule, Success}
TOLD_BY_ITS_RUN = {Upload, MappingSheet, Simulation}
"""Made to be looked at; what follows from them is asked for and told as a run."""


def left_out(candidates: set[type[models.Model]]) -> set[str]:
    known = TOLD_BY_SIGNALS | ONLY_LOOKED_AT | TOLD_BY_ITS_RUN
    return {model.__name__ for model in candidates - known if not issubclass(model, Audited)}


def test_every_form_of_the_admin_is_about_an_audited_model() -> None:
    forms = {model for model, site in admin.site._registry.items() if not isinstance(site, HistoryAdmin)}
    assert User in forms
    assert left_out(forms) == set()


def test_every_resource_that_programs_write_is_about_an_audited_model() -> None:
    written = {view.queryset.model for view in _below(WriteResource) if view.queryset is not None}
    assert len(written) > 5
    assert left_out(written) == set()


def _below(resource: Any) -> set[Any]:
    children = set(resource.__subclasses__())
    return children.union(*(_below(child) for child in children))
