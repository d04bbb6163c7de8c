"""What staff fill in to connect a console: keys that they copy, and settings that they choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from integrations.connectors import values

YES: Final = "yes"
NO: Final = "no"


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One thing that staff copy from the vendor's page. `help_text` says where it stands there.

    With `choices` (value -> label) it is chosen instead of typed; with `several`, any number of them. Stored
    is text: the value, of several the values divided by commas, nothing for what is usual.
    """

    name: str
    label: str
    help_text: str
    secret: bool
    required: bool = True
    choices: Mapping[str, str] | None = None
    several: bool = False
    usual: str = ""
    """What holds where nothing is chosen, as staff read it."""
    address: bool = False
    """A place that secrets are sent to, beside the console's own address."""

    def chosen(self, stored: str) -> list[str]:
        """The values that a stored text names, also by another spelling ("TRUE" for "yes"); unknown words
        last, as they are."""
        words = [word.strip() for word in (stored.split(",") if self.several else [stored])]
        found = [self._value_of(word) for word in words if word]
        return sorted(dict.fromkeys(found), key=self._place_of)

    def problem_of(self, stored: str) -> str:
        """A sentence about words that are no choice; empty where there are none."""
        unknown = [word for word in self.chosen(stored) if word not in (self.choices or ())]
        if self.choices is None or not unknown:
            return ""
        return f"{self.label}: {unknown[0][:40]!r} is none of {', '.join(self.choices)}."

    def _value_of(self, word: str) -> str:
        choices = self.choices or {}
        flag = values.flag(word)
        said = None if flag is None else YES if flag else NO
        if said in choices:
            return str(said)
        plain = " ".join(word.replace("_", " ").split()).casefold()
        return next((value for value in choices if value.casefold() == plain), word)

    def _place_of(self, value: str) -> int:
        known = list(self.choices or ())
        return known.index(value) if value in known else len(known)


def choice(
    name: str, label: str, help_text: str, choices: Mapping[str, str], *, usual: str, several: bool = False
) -> CredentialField:
    """A setting that may stay as it usually is."""
    return CredentialField(
        name, label, help_text, secret=False, required=False, choices=choices, several=several, usual=usual
    )


def switch(name: str, label: str, help_text: str, *, usually: bool = False) -> CredentialField:
    """A setting that is on or off."""
    return choice(name, label, help_text, {YES: "Yes", NO: "No"}, usual=f"As usual: {YES if usually else NO}")
