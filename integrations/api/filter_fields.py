"""Values of filters that django-filter's own fields would let through to the database."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final

from django.forms import Field, TextInput, ValidationError
from django_filters import BaseInFilter, BooleanFilter, ChoiceFilter, IsoDateTimeFilter
from django_filters.fields import ChoiceField, IsoDateTimeField

YES_OR_NO: Final = {"true": True, "1": True, "false": False, "0": False}


class YesNoField(Field):
    widget = TextInput

    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        try:
            return YES_OR_NO[str(value).lower()]
        except KeyError:
            raise ValidationError("Write true or false.") from None


class YesNoFilter(BooleanFilter):  # type: ignore[misc]
    """Refuses other words; django-filter's own takes them for no filter at all."""

    field_class = YesNoField


class MomentField(IsoDateTimeField):  # type: ignore[misc]
    """A time that the calendar still has in UTC, where times are stored."""

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value)
            if found is not None:
                found.astimezone(UTC)
        except OverflowError:
            raise ValidationError("In UTC this time is beyond the calendar, years 1 to 9999.") from None
        return found


class MomentFilter(IsoDateTimeFilter):  # type: ignore[misc]
    field_class = MomentField


class OneOfField(ChoiceField):  # type: ignore[misc]
    """One of the values between commas; blanks after a comma are no part of it."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip() if isinstance(value, str) else value)


class OneOfFilter(ChoiceFilter):  # type: ignore[misc]
    field_class = OneOfField


class AnyOfFilter(BaseInFilter, OneOfFilter):  # type: ignore[misc]
    """Several choices between commas; refuses what is none of them, as the filter for one does."""
