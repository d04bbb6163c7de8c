"""HTML is whole and harmless, whatever a template or a source makes of it."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.wording.markup import ATTRIBUTES, tidy


class Strict(HTMLParser):
    """Fails on a tag or attribute that is not harmless, and on one that does not end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ATTRIBUTES, tag
        for name, value in attrs:
            assert name in ATTRIBUTES[tag], name
            assert name != "href" or str(value).lower().startswith(("https://", "http://", "mailto:"))
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def read(html: str) -> Strict:
    reader = Strict()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


MARKUP = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["<p>", "</p>", "<table>", "<td>", "</table>", "<li>", "<a href='https://a.example'>", "</a>", "<br>",
         "<b", "<script>", "</script>", "<!--", "-->", "<img src=x onerror=alert(1)>",
         "<svg/onload=alert(1)>", "<a href=javascript:alert(1)>", "<style>", "<![CDATA[", "<?php", '"', "'",
         "&lt;", "&#x3c;script&#x3e;", "<p onclick=x>"]
    ),
)  # fmt: skip


@given(st.lists(MARKUP, max_size=40).map("".join), st.integers(min_value=0, max_value=400))
def test_any_text_becomes_harmless_html_within_the_limit(html: str, limit: int) -> None:
    told, _ = tidy(html, limit)
    assert len(told) <= limit
    read(told)


@given(st.text(max_size=300))
def test_escaped_text_stays_what_it_was(text: str) -> None:
    told, left_out = tidy(f"<p>{escape(text)}</p>", 10_000)
    assert read(told).text == text.replace("\r\n", "\n") or "\r" in text or "\x00" in text
    assert left_out == ()


@pytest.mark.parametrize(
    ("html", "told", "left_out"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>", ("<script>",)),
        ('<p onclick="x" class="y">a</p>', "<p>a</p>", ("onclick of <p>", "class of <p>")),
        ('<a href="javascript:x">a</a>', "<a>a</a>", ("href of <a>",)),
        (
            '<a href=" HTTPS://b.example/?a=1&amp;b=2">a</a>',
            '<a href="HTTPS://b.example/?a=1&amp;b=2">a</a>',
            (),
        ),
        ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c", ()),
        ("<p>a<p>b", "<p>a</p><p>b</p>", ()),
        ("<b><i>a</b>b</i>", "<b><i>a</i></b>b", ()),
        ("a<br/>b<img src=x>c", "a<br>bc", ("<img>",)),
        ("a < b & c", "a &lt; b &amp; c", ()),
    ],
)
def test_what_staff_write_is_put_in_order(html: str, told: str, left_out: tuple[str, ...]) -> None:
    assert tidy(html, 1000) == (told, left_out)


def test_what_is_too_long_ends_with_a_sign_and_closed_tags() -> None:
    told, _ = tidy("<table><tr><td>" + "&amp;" * 1000 + "</td></tr></table>", 100)
    assert told.endswith("&amp;…</td></tr></table>")
    assert 90 < len(told) <= 100
