"""The language of templates: what it can say, and that nothing reaches out of it or runs away."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.template import engines

from tests.ticketing.wording.told import EXAMPLE
from ticketing.wording.checks import template_problems
from ticketing.wording.engine import CannotRender, compiled, render_html, render_line
from ticketing.wording.language import register

WORDS = {"if", "for", "with", "comment", "spaceless", "firstof"}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ computer.name|lower }}", "ald-srv01"),
        ("{{ company.name|truncatechars:6 }}", "Alder…"),
        ('{{ computer.ip_addresses|join:" / " }}', "10.1.2.3 / fe80::1"),
        ("{{ computer.ip_addresses|first }}|{{ computer.ip_addresses|last }}", "10.1.2.3|fe80::1"),
        ('{{ computer.ip_addresses|slice:":1"|join:"" }}', "10.1.2.3"),
        ('{{ history.events }} event{{ history.events|pluralize }}', "2 events"),
        ('{{ computer.missing|default:"–" }}{{ computer.missing|yesno:"a,b" }}', "–b"),
        ("{% if history.events > 1 and asset.number %}often{% else %}once{% endif %}", "often"),
        ("{% for f in findings %}{{ forloop.counter }}. {{ f.product }}{% empty %}–{% endfor %}", "1. 7-Zip"),
        ("{% with it=event.product %}{{ it|upper }}{% endwith %}", "7-ZIP"),
        ("{% firstof computer.missing asset.name %}", "ALD-SRV01"),
        ("{# a #}{% comment %}{{ x }}{% endcomment %}{% spaceless %}<p> <b>x</b> </p>{% endspaceless %}",
         "<p><b>x</b></p>"),
        ("{{ event.message|linebreaksbr|length }}", "71"),
    ],
)  # fmt: skip
def test_what_it_can_say(template: str, said: str) -> None:
    assert template_problems(template) == []
    assert render_html(template, EXAMPLE) == said


def test_nothing_of_django_is_there_but_the_listed_words() -> None:
    assert set(register.tags) == WORDS
    assert set(register.filters) == {
        "capfirst", "default", "default_if_none", "first", "join", "last", "length", "linebreaksbr", "lower",
        "pluralize", "slice", "title", "truncatechars", "truncatewords", "upper", "wordcount", "yesno",
    }  # fmt: skip
    engine = compiled("").engine
    assert [library is register for library in engine.template_builtins] == [True]
    assert (engine.template_libraries, engine.template_loaders, engine.debug) == ({}, [], False)
    assert engine.autoescape


@pytest.mark.parametrize(
    "tag",
    [
        "load i18n", 'include "admin/base.html"', 'extends "admin/base.html"', "debug", "csrf_token",
        'url "admin:index"', "autoescape off", "now 'Y'", "lorem", "cycle 'a' 'b'", "regroup a by b as c",
        "block x",
    ],
)  # fmt: skip
def test_no_tag_reaches_out(tag: str) -> None:
    name = tag.split()[0]
    assert template_problems("{% " + tag + " %}") == [f"Line 1: There is no tag “{name}”."]
    with pytest.raises(CannotRender):
        render_html("{% " + tag + " %}", EXAMPLE)


@pytest.mark.parametrize("name", ["safe", "safeseq", "pprint", "add", "ljust", "stringformat", "json_script"])
def test_no_filter_unescapes_reveals_or_grows(name: str) -> None:
    assert template_problems("{{ event.title|" + name + " }}") == [f"Line 1: There is no filter '{name}'."]


def plain(value: Any) -> bool:
    if isinstance(value, dict):
        return type(value) is dict and all(type(key) is str and plain(inner) for key, inner in value.items())
    if isinstance(value, list):
        return type(value) is list and all(plain(inner) for inner in value)
    return type(value) in (str, int)


def test_its_facts_are_plain() -> None:
    assert plain(EXAMPLE)


@pytest.mark.parametrize(
    "path",
    ["event.pk", "event._meta", "event.console", "alert.halo_credential.client_secret", "settings.SECRET_KEY",
     "request.user", "event.__class__", "event.title.__class__", "perms", "block.super"],
)  # fmt: skip
def test_no_attribute_reaches_a_model_or_a_setting(path: str) -> None:
    assert template_problems("{{ " + path + " }}")
    if "_" in path.replace("halo_", "").replace("client_", "").replace("SECRET_", ""):
        with pytest.raises(CannotRender, match="underscores"):
            render_html("{{ " + path + " }}", EXAMPLE)
    else:
        assert render_html("{{ " + path + " }}", EXAMPLE) == ""


def test_a_template_cannot_change_the_facts_of_the_next() -> None:
    facts = {**EXAMPLE, "event": dict(EXAMPLE["event"])}
    render_html("{{ event.clear }}{{ history.moments.clear }}", facts)
    assert facts == EXAMPLE


def nested(depth: int, inside: str) -> str:
    loops = [f"{{% for a{number} in event.message %}}" for number in range(depth)]
    return "".join(loops) + inside + "{% endfor %}" * depth


@pytest.mark.parametrize("inside", ["", "x", "{{ event.message }}" * 50])
def test_loops_that_run_away_are_stopped(inside: str) -> None:
    facts = {**EXAMPLE, "event": {**EXAMPLE["event"], "message": "<" * 1500}}
    began = time.process_time()
    with pytest.raises(CannotRender, match="more than"):
        render_html(nested(6, inside), facts)
    assert time.process_time() - began < 5


def test_a_loop_over_a_long_text_of_tags_is_stopped() -> None:
    """Tags that say nothing are no cheaper."""
    facts = {**EXAMPLE, "event": {**EXAMPLE["event"], "message": "x" * 1500}}
    began = time.process_time()
    with pytest.raises(CannotRender, match="Its loops take more than 200,000 steps"):
        render_html(
            "{% for a in event.message %}{% if alert %}" + "{{ b }}" * 2500 + "{% endif %}{% endfor %}", facts
        )
    assert time.process_time() - began < 5


def test_loops_beside_each_other_share_one_limit() -> None:
    facts = {**EXAMPLE, "event": {**EXAMPLE["event"], "message": "x" * 1500}}
    once = "{% for letter in event.message %}{% endfor %}"
    assert render_html(once * 3, facts) == ""
    with pytest.raises(CannotRender, match="It repeats more than 5,000 times"):
        render_html(once * 4, facts)


def test_joined_lists_do_not_grow_without_end() -> None:
    template = "{% with a=computer.ip_addresses|join:event.message %}{{ a|join:a }}{% endwith %}"
    facts = {
        **EXAMPLE,
        "event": {**EXAMPLE["event"], "message": "m" * 1500},
        "computer": {**EXAMPLE["computer"], "ip_addresses": ["1"] * 1000},
    }
    assert len(render_html(template, facts)) == 10_000


def test_a_pile_of_tags_is_refused_and_not_a_crash() -> None:
    pile = "{% if alert %}" * 1400 + "{% endif %}" * 1400
    assert template_problems(pile) == ["Its tags are nested too deeply."]
    with pytest.raises(CannotRender):
        render_html(pile, EXAMPLE)


# ---- what is told about mistakes --------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("one\n{% if alert %}", "Line 2: Unclosed tag: 'if'. Looking for one of: elif, else, endif."),
        ("\n\n{{ alert title }}", "Line 3: Could not parse the remainder: ' title' from 'alert title'."),
        ("{{ }}", "Line 1: Empty variable tag."),
        ("{% for x %}{% endfor %}",
         "Line 1: 'for' statements should have at least four words: for x."),
        ("{{ alert.titel }}", "Line 1: There is no variable “alert.titel”. Did you mean “alert.title”?"),
        ("a\n{% if allert.title == 'x' %}{% endif %}",
         "Line 2: There is no variable “allert.title”. Did you mean “alert.title”?"),
        ("{% for f in findings %}\n{{ f.produkt }}{% endfor %}",
         "Line 2: There is no variable “f.produkt”. Did you mean “f.product”?"),
        ("{% for f in findings %}{% endfor %}{{ zzzz }}", "Line 1: There is no variable “zzzz”."),
        ("{% with a=qqqqqq %}{% endwith %}", "Line 1: There is no variable “qqqqqq”."),
        ("{{ event.title|default:wwwwww }}", "Line 1: There is no variable “wwwwww”."),
        ("{{ event.title.upper }}", "Line 1: There is no variable “event.title.upper”. "
         "Did you mean “event.title”?"),
        ("<b>{{ event.title</b>", "Line 1: “{{” is not closed."),
        ("{{ event._secret }}",
         "Line 1: Variables and attributes may not begin with underscores: 'event._secret'."),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_line_and_reason(template: str, problem: str) -> None:
    assert template_problems(template) == [problem]


def test_each_mistake_is_told_once() -> None:
    assert len(template_problems("{{ aaa }} {{ aaa }}\n{{ bbb }}")) == 2


@pytest.mark.parametrize(
    "template",
    [
        "{% for f in findings %}{{ forloop.first }}{% for m in history.moments %}"
        "{{ forloop.parentloop.counter }}{{ f.cve }}{{ m.at }}{% endfor %}{% endfor %}",
        "{% firstof company.name console.name as who %}{{ who }}",
        "{% with f=findings.0 %}{{ f.product }}{% endwith %}{{ findings.0.cve }}",
        "{% for a, b in findings %}{{ a.anything }}{{ b }}{% endfor %}",
        "",
    ],
)
def test_names_that_a_template_makes_itself_are_known(template: str) -> None:
    assert template_problems(template) == []


def test_the_default_text_is_a_template_that_staff_could_have_written() -> None:
    django: Any = engines["django"]
    source = django.get_template("ticketing/ticket.html").template.source
    assert template_problems(source) == []
    assert re.search(
        r"<td>7-Zip</td><td>19.00</td><td>24.09</td><td>Critical</td>", render_html(source, EXAMPLE)
    )


def test_a_summary_is_plain_text() -> None:
    facts = {**EXAMPLE, "event": {**EXAMPLE["event"], "title": "<b> & &amp; 'x'"}}
    assert render_line("{{ event.title }}\n {{ company.name }}", facts) == "<b> & &amp; 'x' Alder Dental"
