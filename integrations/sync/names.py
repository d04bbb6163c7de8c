"""Names of companies as they are compared: without case, accents, punctuation and legal form."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BY_COUNTRY: Final = (
    "ltd limited llc llp lllp lp plc pllc inc incorporated corp corporation co company pty pte pvt sdn bhd",
    "gmbh ggmbh mbh ag kg kgaa ohg og gbr ug ev ek se",
    "bv nv vof cv bvba sa sas sasu sarl eurl eirl snc scs srl spa sagl sapa sl slu ltda",
    "ab as asa aps oy oyj kft zrt doo dooel ood sro",
)
LEGAL_FORMS: Final = frozenset(form for forms in _BY_COUNTRY for form in forms.split())
"""Trailing words that say what kind of legal person it is, not which one."""

_PARTNERS: Final = frozenset({"co", "company"})
_AND: Final = frozenset({"and", "und", "et"})
_POLISH: Final = (["sp", "z", "oo"], ["sp", "z", "o", "o"])
# What Unicode does not take apart although people type it either way.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]")
_SILENT: Final = re.compile(r"['’‘`´ʼ]")
_JOINERS: Final = re.compile(r"&|(?<=\s)\+(?=\s)")
_INITIALS: Final = re.compile(r"\b(?:a/s\b|[^\W\d_](?:\.\s*[^\W\d_]\b)+\.?)")


def normalise_name(text: str) -> str:
    """The comparable form of a name: lower-case words with one blank between them.

    `Müller & Söhne GmbH` becomes `muller and sohne`. Legal forms are dropped from the end only, and never
    the last word. Applying it twice changes nothing, and a name that is not blank never becomes empty.
    """
    folded = _fold(text)
    spoken = _JOINERS.sub(" and ", folded)
    joined = _INITIALS.sub(lambda found: re.sub(r"[./\s]", "", found[0]) + " ", spoken)
    words = " ".join(_without_legal_form(_spaced(joined).split()))
    return unicodedata.normalize("NFC", words or " ".join(folded.split()) or text.strip())


def _fold(text: str) -> str:
    """Lower case without accents and apostrophes. Folding may uncover more to fold: it goes on to the end."""
    while True:
        apart = _ACCENTS.sub("", unicodedata.normalize("NFKD", _SILENT.sub("", text)))
        folded = apart.casefold().translate(_LETTERS)
        if folded == text:
            return folded
        text = folded


def _spaced(text: str) -> str:
    """Everything that is neither letter, digit nor a script's own vowel sign becomes a blank."""
    return "".join(sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in text)


def _without_legal_form(words: list[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1 and (count := _legal_words_at_the_end(kept)):
        kept = kept[:-count]
    return kept


def _legal_words_at_the_end(words: list[str]) -> int:
    """How many words at the end are one legal form. `Smith and Co` is a name, `Smith GmbH and Co` is not."""
    for form in _POLISH:
        if words[-len(form) :] == form and len(words) > len(form):
            return len(form)
    if words[-1] not in LEGAL_FORMS:
        return 0
    if words[-1] in _PARTNERS and words[-2] in _AND:
        return 2 if len(words) > 3 and words[-3] in LEGAL_FORMS else 0
    return 1
