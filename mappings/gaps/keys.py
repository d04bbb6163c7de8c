"""Serial numbers and host names as the database compares them: the rules of matching, in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from typing import Any, Final

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf, Replace, Substr, Trim

from integrations.choices import OptionKind
from integrations.models import HaloCredential, HaloOption
from mappings.matching import JUNK_SERIALS

SEPARATORS: Final = " -_./:#"
"""What people and firmware put between the characters of a serial number."""


def junk_of(credential: HaloCredential) -> frozenset[str]:
    """Values that identify nothing: those that everybody knows, and HaloPSA's own list."""
    options = HaloOption.objects.filter(
        halo_credential=credential, kind=OptionKind.IGNORED_VALUE, active=True
    )
    return JUNK_SERIALS | frozenset(_bare(options.values_list("name", flat=True)))


def _bare(texts: Iterable[str]) -> Iterable[str]:
    return (bare for text in texts if (bare := re.sub(r"[\W_]", "", text).casefold()))


def with_serial_key(rows: Any, field: str, junk: frozenset[str]) -> Any:
    """Annotate `serial_key`; "" for junk and for one repeated character."""
    key = Lower(Trim(F(field)))
    bare = reduce(lambda text, sign: Replace(text, Value(sign), Value("")), SEPARATORS, key)
    rest = Replace(bare, Substr(bare, 1, 1), Value(""))
    return rows.annotate(serial_bare=bare, serial_rest=rest).annotate(
        serial_key=Case(
            When(Q(serial_rest="") | Q(serial_bare__in=sorted(junk)), then=Value("")),
            default=key,
            output_field=CharField(),
        )
    )


def host_key(host: str, name: str) -> Any:
    """The host name, else the name."""
    return Lower(Trim(Coalesce(NullIf(F(host), Value("")), F(name))))
