"""Words in the cells of a spreadsheet: yes and no, states, severities, in the usual languages."""

from __future__ import annotations

from typing import Final

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState, Severity
from integrations.sync.tables.guessing import squashed


def _each(words: str) -> frozenset[str]:
    return frozenset(squashed(word) for word in words.split())


YES: Final = _each(
    "yes y true t on 1 x enabled active online connected ja j wahr an aktiv oui o vrai actif sí si s "
    "verdadero activo sim verdadeiro vero sann tak prawda да ano kyllä"
) | {"✓", "✔"}
NO: Final = _each(
    "no n false f off 0 disabled inactive offline disconnected nein falsch aus inaktiv non faux "
    "inactif falso inactivo não nao nee nej falskt nie fałsz нет ne ei"
) | {"✗", "✘"}
_SIGNS: Final = {"✓": True, "✔": True, "☑": True, "✗": False, "✘": False, "☐": False, "-": False}

_STATES: Final = {
    EventState.OPEN: _each(
        "open new active triggered failed failing firing problem raised offen neu aktiv ouvert nouveau actif "
        "abierto nuevo activo unresolved error warning alert down aperto otwarte"
    ),
    EventState.RESOLVED: _each(
        "resolved closed ok okay fixed solved cleared recovered done healthy success up geschlossen behoben "
        "gelöst erledigt résolu fermé resuelto cerrado opgelost gesloten risolto chiuso zamknięte"
    ),
}
_SEVERITIES: Final = {
    Severity.CRITICAL: _each("kritisch critique crítico crítica critico urgent disaster 1"),
    Severity.HIGH: _each("hoch haute élevé élevée alto alta hoog 2"),
    Severity.MEDIUM: _each("mittel moyenne moyen medio media normal average gemiddeld 3"),
    Severity.LOW: _each("niedrig gering basse faible bajo baja laag 4"),
    Severity.INFO: _each("hinweis 5"),
}
_TYPE_NAMES: Final = {squashed(info.name): key for key, info in EVENT_TYPES.items()}


def flag(word: str) -> bool | None:
    """Yes or no; None for a word that says neither."""
    tidy = word.strip()
    if tidy in _SIGNS:
        return _SIGNS[tidy]
    told = squashed(tidy)
    return True if told in YES else False if told in NO else None


def state(word: str) -> str:
    """In the words of the REST API where it is known; as it stands where not."""
    told = squashed(word)
    for found, words in _STATES.items():
        if told in words:
            return found.value
    return word.strip()


def resolved(word: str) -> str:
    """Of a column that is called “resolved” and says yes or no."""
    told = flag(word)
    if told is None:
        return state(word)
    return (EventState.RESOLVED if told else EventState.OPEN).value


def severity(word: str) -> str:
    told = squashed(word)
    return next((found.value for found, words in _SEVERITIES.items() if told in words), word.strip())


def event_type(word: str) -> str:
    """The catalogue's key, also for its name; anything else as it stands."""
    return _TYPE_NAMES.get(squashed(word), word.strip())
