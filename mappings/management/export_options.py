"""What the dialog of an export asks, as options of a command: read, checked, and as a plan keeps it."""

from __future__ import annotations

from typing import Any, Final

from django.core.management.base import CommandError, CommandParser

from integrations.models import (
    Company,
    Console,
    HaloCredential,
    HaloField,
    HaloSite,
    Product,
)
from mappings.asset_types import missing_type
from mappings.models import CompanyMapping
from mappings.planning import HOST, TAG_CHOICES, TEMPLATE, template_problem

LONGEST_ID: Final = 9


def add_options(parser: CommandParser) -> None:
    parser.add_argument("--asset-type", type=int, metavar="ID", help="Halo's id, if no product decides")
    parser.add_argument(
        "--product-type",
        action="append",
        default=[],
        metavar="PRODUCT=ID",
        help="asset type (Halo's id) for computers of this product, before the default ones; repeatable",
    )
    parser.add_argument("--site", metavar="NAME", help="site for new assets; needs --company")
    parser.add_argument(
        "--main-site",
        action="store_true",
        help="where a company has no default site, the main site of its client",
    )
    parser.add_argument(
        "--field",
        type=int,
        action="append",
        default=[],
        metavar="ID",
        help="write only this asset field (Halo's id) and no others; repeatable",
    )
    parser.add_argument(
        "--tag", choices=[name for name, _ in TAG_CHOICES], default=HOST, help="asset tag of new assets"
    )
    parser.add_argument(
        "--tag-template", metavar="TEXT", default="", help="for --tag template, such as {client}-{host_name}"
    )


def check_tag(options: dict[str, Any]) -> None:
    """Raises `CommandError`."""
    is_template, template = options["tag"] == TEMPLATE, options["tag_template"]
    if template and not is_template:
        raise CommandError("--tag-template belongs to --tag template.")
    if is_template and (problem := template_problem(template)):
        raise CommandError(f"--tag-template: {problem}")


def parameters(
    options: dict[str, Any], console: Console, company: Company | None, credential: HaloCredential
) -> dict[str, Any]:
    """As `new_plan` explains them; what is left at its default is not named. Raises `CommandError`."""
    check_tag(options)
    types = _product_types(options["product_type"], console)
    if problem := missing_type(credential, {*types.values(), options["asset_type"]} - {None}):
        raise CommandError(problem)
    _check_fields(set(options["field"]), credential)
    found = {
        "asset_type": options["asset_type"],
        "product_types": types,
        "halo_site": _site(options["site"], company, credential),
        "main_site": options["main_site"],
        "fields": sorted(set(options["field"])),
        "tag": options["tag"] if options["tag"] != HOST else "",
        "tag_template": options["tag_template"],
    }
    return {name: value for name, value in found.items() if value}


def _product_types(told: list[str], console: Console) -> dict[str, int]:
    """By our id of the product, as text: a plan keeps it so."""
    found = {}
    for words in told:
        name, _, number = words.rpartition("=")
        if not name or not number.isdigit() or len(number) > LONGEST_ID:
            raise CommandError(f"--product-type {words!r}: write PRODUCT=ID, the id of a Halo asset type.")
        product = Product.objects.filter(console=console, name=name).first()
        if product is None:
            rows = Product.objects.filter(console=console).order_by("name")
            known = ", ".join(rows.values_list("name", flat=True)[:20]) or "none yet"
            raise CommandError(f"{console} has no product {name!r}. Known: {known}.")
        found[str(product.pk)] = int(number)
    return found


def _check_fields(wanted: set[int], credential: HaloCredential) -> None:
    known = HaloField.objects.filter(
        halo_credential=credential, kind="asset", active=True, halo_id__in=wanted
    )
    if missing := sorted(wanted - set(known.values_list("halo_id", flat=True))):
        raise CommandError(f"HaloPSA has no asset field {missing[0]}.")


def _site(name: str | None, company: Company | None, credential: HaloCredential) -> int | None:
    """Our id."""
    if not name:
        return None
    if company is None:
        raise CommandError("--site is one client's: name the --company, too.")
    mapping = CompanyMapping.objects.filter(company=company, halo_credential=credential).first()
    sites = HaloSite.objects.filter(client=mapping.halo_client_id if mapping else None, active=True)
    site = sites.filter(name=name).first()
    if site is None:
        known = ", ".join(sites.order_by("name").values_list("name", flat=True)[:20]) or "none"
        raise CommandError(f"The client of {company} has no site {name!r}. Its sites: {known}.")
    return int(site.pk)
