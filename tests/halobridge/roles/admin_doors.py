"""Every page, button and bulk action of the admin site, as doors to knock at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import NoReverseMatch, URLPattern, reverse
from django_q.models import Failure, OrmQ
from django_q.signing import SignedPackage

from integrations.choices import Role
from integrations.models import Company, Computer, Console, HaloCredential, Run
from mappings.models import ComputerReview
from tests.halobridge.admin.rows import fill, fill_system, make_world
from tests.integrations.admin.made import make_console

NAMES: Final = {"changelist": "list", "change": "open"}
"""What Django calls otherwise than this matrix."""
ONLY_LOOKED_AT: Final = {"list", "add", "delete", "history"}
"""Asked by GET: Django checks the same right for both, and a GET tells it without a form."""
FILLED_BY_FILES: Final = {"integrations_console_upload", "integrations_console_sample"}
NEEDS_QUERY: Final = {"mappings_companymapping_pair"}
REDIRECT: Final = None
"""Django's catch-all that sends old addresses on has no name."""


@dataclass(frozen=True, slots=True)
class Door:
    """`name` ends with ! where it is about sending (POST) instead of looking (GET)."""

    block: str
    name: str
    url: str

    @property
    def method(self) -> str:
        return "post" if self.name.endswith("!") else "get"


def make_rows(staff: Any) -> None:
    """At least one row of every model that has a page."""
    fill(make_world(), 1)
    fill_system(staff)
    OrmQ.objects.all().delete()
    task = {"id": "1", "name": "tick", "func": "f", "args": (), "kwargs": {}}
    OrmQ.objects.create(key="halobridge", payload=SignedPackage.dumps(task), lock=None)
    make_console(kind="spreadsheet")
    run = Run.objects.latest("pk")
    Failure.objects.create(
        id="f" * 32, name="tick", func="f", started=run.requested_at, stopped=run.requested_at, success=False
    )


def all_doors() -> Iterator[Door]:
    for model, model_admin in sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label):
        for pattern in model_admin.get_urls():
            if pattern.name is not REDIRECT:
                yield from _doors_of(model, model_admin, pattern)


def _doors_of(model: Any, model_admin: Any, pattern: URLPattern) -> Iterator[Door]:
    block = model._meta.label_lower
    prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
    own = str(pattern.name).removeprefix(prefix)
    name = NAMES.get(own, own)
    url = _address(model, pattern)
    if own in {button.name for button in getattr(model_admin, "buttons", ())}:
        yield Door(block, f"{name}!", url)
        return
    yield Door(block, name, url)
    if name not in ONLY_LOOKED_AT or (name == "list" and _takes_posts(model_admin)):
        yield Door(block, f"{name}!", url)


def _takes_posts(model_admin: Any) -> bool:
    """Whether our own code looks at what is sent to the list."""
    home: str = type(model_admin).changelist_view.__module__
    return not home.startswith(("django", "unfold"))


def _address(model: Any, pattern: URLPattern) -> str:
    arguments = {name: _argument(model, name) for name in pattern.pattern.converters}
    if pattern.name in FILLED_BY_FILES:
        arguments["object_id"] = Console.objects.get(kind="spreadsheet").pk
    query = f"?halo_credential={_argument(model, 'credential_id')}" if pattern.name in NEEDS_QUERY else ""
    try:
        return reverse(f"admin:{pattern.name}", kwargs=arguments) + query
    except NoReverseMatch as problem:
        raise AssertionError(f"No address for {pattern.name}: {problem}") from None


def _argument(model: Any, name: str) -> Any:
    made = {
        "object_id": lambda: _row_of(model).pk,
        "id": lambda: _row_of(model).pk,
        "credential_id": lambda: HaloCredential.objects.order_by("pk")[0].pk,
        "company_id": lambda: Company.objects.order_by("pk")[0].pk,
        "computer_id": lambda: Computer.objects.order_by("pk")[0].pk,
        "run_id": lambda: Run.objects.order_by("pk")[0].pk,
        "review_id": lambda: ComputerReview.objects.order_by("pk")[0].pk,
        "name": lambda: "companies.csv",
    }
    return made[name]()


def _row_of(model: Any) -> Any:
    """The first one; of groups one of staff, for roles can be edited by nobody."""
    rows = model.objects.order_by("pk")
    return rows.exclude(name__in=Role.values)[0] if model is Group else rows[0]
