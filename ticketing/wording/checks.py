"""Is a template right? Its syntax with line and reason, and each variable that does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.template import Node
from django.template.base import FilterExpression, TextNode, Variable, VariableNode

from ticketing.wording.engine import BadTemplate, compiled
from ticketing.wording.language import Counted
from ticketing.wording.variables import EXAMPLE, LOOP

LONGEST_TEMPLATE: Final = 20_000
LONGEST_SUMMARY_TEMPLATE: Final = 1_000

_ANY: Final = object()
"""A value whose shape is not known: whatever is asked of it may be there."""

_Scope = Mapping[str, Any]


def validate_template(source: str) -> None:
    """For fields of models and forms. Raises `ValidationError` with a sentence for each problem."""
    if problems := template_problems(source):
        raise ValidationError(problems)


def template_problems(source: str) -> list[str]:
    """One sentence for each thing that is wrong; none for a blank template."""
    try:
        nodes = compiled(source).nodelist
        return list(dict.fromkeys(_problems(nodes, EXAMPLE)))
    except BadTemplate as error:
        return [str(error)]
    except RecursionError:
        return ["Its tags are nested too deeply."]


# ---- walking --------------------------------------------------------------------------------


def _problems(nodes: Iterable[Node], scope: _Scope) -> Iterator[str]:
    """A name that *firstof … as* sets is known from there on."""
    known = dict(scope)
    for outer in nodes:
        node: Any = outer.node if isinstance(outer, Counted) else outer
        yield from (f"{_place(node)}{sentence}" for sentence in _of_node(node, known))
        yield from _inside(node, known)
        if name := getattr(node, "asvar", None):
            known[name] = _ANY


def _place(node: Any) -> str:
    number = getattr(getattr(node, "token", None), "lineno", None)
    return f"Line {number}: " if number else ""


def _of_node(node: Any, scope: _Scope) -> Iterator[str]:
    """What the node itself says, without what stands inside of it."""
    if isinstance(node, TextNode):
        yield from (f"“{mark}” is not closed." for mark in ("{{", "{%") if mark in node.s)
    for expression in _expressions(node):
        yield from _unknown(expression, scope)


def _expressions(node: Any) -> Iterator[FilterExpression]:
    if isinstance(node, VariableNode):
        yield node.filter_expression
    yield from getattr(node, "vars", ())
    yield from getattr(node, "extra_context", {}).values()
    if sequence := getattr(node, "sequence", None):
        yield sequence
    for condition, _ in getattr(node, "conditions_nodelists", ()):
        yield from _of_condition(condition)


def _of_condition(condition: Any) -> Iterator[FilterExpression]:
    if condition is None:
        return
    if isinstance(condition.value, FilterExpression):
        yield condition.value
    for part in (condition.first, condition.second):
        yield from _of_condition(part)


def _inside(node: Any, scope: _Scope) -> Iterator[str]:
    """Problems of the node's parts, each with the names that are known there."""
    if loop := getattr(node, "nodelist_loop", None):
        yield from _problems(loop, {**scope, **_loop_names(node, scope)})
        yield from _problems(node.nodelist_empty, scope)
    for _, nodes in getattr(node, "conditions_nodelists", ()):
        yield from _problems(nodes, scope)
    if nodes := getattr(node, "nodelist", None):
        names = getattr(node, "extra_context", {})
        yield from _problems(
            nodes, {**scope, **{name: _shape(value, scope) for name, value in names.items()}}
        )


def _loop_names(node: Any, scope: _Scope) -> dict[str, Any]:
    shape = _shape(node.sequence, scope)
    item = shape[0] if isinstance(shape, list) and shape else _ANY
    outer = {"forloop": {**LOOP, "parentloop": scope.get("forloop", _ANY)}}
    if len(node.loopvars) > 1:
        return {**outer, **dict.fromkeys(node.loopvars, _ANY)}
    return {**outer, node.loopvars[0]: item}


# ---- names ----------------------------------------------------------------------------------


def _unknown(expression: FilterExpression, scope: _Scope) -> Iterator[str]:
    arguments = [
        argument for _, found in expression.filters for is_variable, argument in found if is_variable
    ]
    for variable in (expression.var, *arguments):
        if isinstance(variable, Variable) and variable.lookups and _find(variable.lookups, scope) is None:
            yield _sentence(variable.lookups, scope)


def _shape(expression: FilterExpression, scope: _Scope) -> Any:
    variable = expression.var
    if not isinstance(variable, Variable) or not variable.lookups or expression.filters:
        return _ANY
    found = _find(variable.lookups, scope)
    return _ANY if found is None else found


def _find(path: Iterable[str], scope: _Scope) -> Any:
    """The example at this path, `_ANY` below what is not known, None where there is no such variable."""
    found: Any = scope
    for part in path:
        if found is _ANY:
            return _ANY
        if isinstance(found, list) and part.isdigit():
            found = found[0] if found else _ANY
        elif isinstance(found, Mapping) and part in found:
            found = found[part]
        else:
            return None
    return found


def _sentence(path: tuple[str, ...], scope: _Scope) -> str:
    near = get_close_matches(".".join(path), list(_names(scope)), n=1)
    return f"There is no variable “{'.'.join(path)}”." + (f" Did you mean “{near[0]}”?" if near else "")


def _names(scope: _Scope, before: str = "") -> Iterator[str]:
    for name, value in scope.items():
        yield before + name
        if isinstance(value, Mapping) and name not in ("forloop", "parentloop"):
            yield from _names(value, f"{before}{name}.")
