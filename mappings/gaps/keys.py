"""Serial numbers and host names as the database compares them: the rules of matching, in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf, Trim

from integrations.choices import OptionKind
from integrations.models import HaloCredential, HaloOption
from mappings.matching import serial_key

CHUNK = 2000


def lowered(field: str) -> Any:
    return Lower(Trim(F(field)))


def ignored_by_halo(credential: HaloCredential) -> list[str]:
    """HaloPSA's own list of values that identify nothing. One statement."""
    options = HaloOption.objects.filter(
        halo_credential=credential, kind=OptionKind.IGNORED_VALUE, active=True
    )
    return list(options.values_list("name", flat=True))


def junk_serials(rows: QuerySet[Any], listed: Iterable[str]) -> list[str]:
    """Serial numbers that several of these rows have and that identify nothing, as `lowered` spells them.

    By the rules of matching and by HaloPSA's own list. What only one row has can do no harm, so that this
    stays a short list. One statement.
    """
    ignored = {_bare(name) for name in listed}
    told = rows.order_by().annotate(serial=lowered("serial_number")).values("serial")
    several = told.annotate(number=Count("pk")).filter(number__gt=1).values_list("serial", flat=True)
    return [
        text for text in several.iterator(chunk_size=CHUNK) if not serial_key(text) or _bare(text) in ignored
    ]


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def with_serial_key(rows: QuerySet[Any], junk: list[str]) -> QuerySet[Any]:
    """Annotate `serial_key`."""
    if not junk:
        return rows.annotate(serial_key=lowered("serial_number"))
    return rows.annotate(serial_lowered=lowered("serial_number")).annotate(
        serial_key=Case(
            When(serial_lowered__in=junk, then=Value("")),
            default=lowered("serial_number"),
            output_field=CharField(),
        )
    )


def host_key() -> Any:
    """The host name of a computer, else its name."""
    return Lower(Trim(Coalesce(NullIf(F("host_name"), Value("")), F("name"))))
