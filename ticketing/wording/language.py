"""The words of the template language: a handful of Django's own tags and filters, and nothing else.

`engine.WordingEngine` knows this one module. Whatever would load, include, call or reveal something is not
registered; whatever could run away is bounded: repetitions, and how much a loop or a joined list may say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.template import Context, Library, Node
from django.template import defaultfilters as filters
from django.template import defaulttags as tags
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString

MOST_REPETITIONS: Final = 5_000
MOST_STEPS: Final = 200_000
MOST_CHARACTERS: Final = 5_000_000
LONGEST_JOINED: Final = 10_000

register = Library()

for _name in ("if", "with", "comment", "spaceless", "firstof"):
    register.tag(_name, tags.register.tags[_name])

for _name in (
    "capfirst", "default", "default_if_none", "length", "linebreaksbr", "lower", "pluralize", "title",
    "upper", "wordcount", "yesno",
):  # fmt: skip
    register.filter(_name, filters.register.filters[_name])


class TooMuch(Exception):
    """A template that repeats more, or says more, than any ticket needs."""


# ---- loops ----------------------------------------------------------------------------------


class _Repetition(Node):
    """Stands first in each loop and counts its rounds, over all loops of one rendering; `steps` is what a
    round costs at most."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def render(self, context: Context) -> str:
        _spend(context, "steps", self.steps, MOST_STEPS, f"Its loops take more than {MOST_STEPS:,} steps.")
        _spend(
            context, "repetitions", 1, MOST_REPETITIONS, f"It repeats more than {MOST_REPETITIONS:,} times."
        )
        return ""


class Counted(Node):
    """A node in a loop: what it says is counted."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.nodelist = NodeList([node])
        self.token, self.origin = node.token, node.origin

    def render(self, context: Context) -> str:
        said = str(self.node.render_annotated(context))
        words = f"Its loops say more than {MOST_CHARACTERS:,} characters."
        _spend(context, "characters", len(said), MOST_CHARACTERS, words)
        return said


def _spend(context: Context, purse: str, amount: int, limit: int, words: str) -> None:
    spent: int = (context.render_context.get(purse) or 0) + amount
    if spent > limit:
        raise TooMuch(words)
    context.render_context[purse] = spent


@register.tag("for")
def bounded_for(parser: Parser, token: Token) -> Node:
    node: Any = tags.do_for(parser, token)
    steps = len(node.nodelist_loop.get_nodes_by_type(Node))
    node.nodelist_loop[:] = [_Repetition(steps), *(Counted(inner) for inner in node.nodelist_loop)]
    return node  # type: ignore[no-any-return]


# ---- filters that take something away ---------------------------------------------------------
# Django keeps the mark *safe* on what these leave over; half a tag is not safe, so here they drop the mark.


def _unmarked(name: str, *, takes: bool) -> None:
    whole = filters.register.filters[name]

    def with_argument(value: Any, argument: Any) -> Any:
        return _plain(whole(value, argument))

    def alone(value: Any) -> Any:
        return _plain(whole(value))

    register.filter(name, with_argument if takes else alone)


def _plain(value: Any) -> Any:
    return str.__str__(value) if isinstance(value, SafeString) else value


for _name in ("slice", "truncatechars", "truncatewords"):
    _unmarked(_name, takes=True)
for _name in ("first", "last"):
    _unmarked(_name, takes=False)


@register.filter
def join(value: Any, between: Any = ", ") -> Any:
    """The items of a list in a row, cut at `LONGEST_JOINED` characters. What is no list stays as it is."""
    if not isinstance(value, list | tuple):
        return value
    return "".join(_within(_alternate(value, str(between))))


def _alternate(items: Iterable[Any], between: str) -> Iterable[str]:
    for position, item in enumerate(items):
        if position:
            yield _plain(between)
        yield str(item)


def _within(parts: Iterable[str]) -> Iterable[str]:
    left = LONGEST_JOINED
    for part in parts:
        yield part[:left]
        left -= len(part)
        if left <= 0:
            return
