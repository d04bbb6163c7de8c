"""Try rules: a real mail or a pasted one, and what each rule of the mailbox says of it. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from integrations.admin.display import badge, event_type_name
from integrations.admin.mail_rule_form import mailboxes
from integrations.admin.tones import TONES
from integrations.choices import EventState, Severity
from integrations.ingest.mail_places import Named, Place, find_places
from integrations.ingest.mail_rules import rules_of
from integrations.ingest.mails import as_raw
from integrations.models import Console, Mail, MailRule
from integrations.sync.mail_rules import Judgement, Taken, TooSlow, judge_all
from integrations.sync.mails import Mail as Parsed
from integrations.sync.mails import parse_mail

NEWEST = 100
LONGEST_PASTED = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Said:
    """One rule's word on the mail, as the page shows it."""

    rule: MailRule
    wins: bool
    reason: str
    taken: Taken | None = None
    place: Place | None = None

    @property
    def state_badge(self) -> SafeString:
        """As the event would have it that the mail becomes."""
        state = EventState(self.taken.event.state) if self.taken else None
        return badge(state.label, TONES[state]) if state else SafeString()

    @property
    def severity_badge(self) -> SafeString:
        severity = Severity(self.taken.event.severity) if self.taken else None
        return badge(severity.label, TONES[severity]) if severity else SafeString()

    @property
    def event_type(self) -> str:
        return event_type_name(self.rule.event_type)


class TryForm(forms.Form):
    console = forms.ModelChoiceField(
        queryset=Console.objects.none(),
        label="Mailbox",
        help_text="Whose rules are tried. After choosing another one press Try to see its mails.",
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    mail = forms.ChoiceField(
        required=False, label="Mail", widget=UnfoldAdminSelectWidget, help_text="The newest of this mailbox."
    )
    pasted = forms.CharField(
        required=False,
        max_length=LONGEST_PASTED,
        label="… or paste one",
        help_text="The source of a mail, headers first. It counts instead of the mail above.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false", "class": "hb-code"}),
    )

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        boxes = mailboxes()
        self.fields["console"].queryset = boxes  # type: ignore[attr-defined]
        self.box = _chosen(boxes, str(data.get("console", ""))) or boxes.first()
        rows = Mail.objects.filter(console=self.box).order_by("-pk")[:NEWEST] if self.box else ()
        choices = [(str(row.pk), f"{str(row)[:90]} – {row.sender}") for row in rows]
        older: Mail | None = _chosen(Mail.objects.filter(console=self.box), str(data.get("mail", "")))
        if older is not None and str(older.pk) not in dict(choices):
            choices.insert(0, (str(older.pk), str(older)[:90]))
        self.fields["mail"].choices = choices  # type: ignore[attr-defined]
        self.chosen = older or next(iter(rows), None)


def _chosen(rows: Any, number: str) -> Any:
    may_be_one = number.isascii() and number.isdigit() and len(number) < 19
    return rows.filter(pk=int(number)).first() if may_be_one else None


class TryingPage:
    """Adds the page to the pages of rules."""

    def try_rules(self, request: HttpRequest) -> HttpResponse:
        """Whoever may see rules and mails may try. POST, because a pasted mail is too long for an address."""
        admin: Any = self
        if not admin.allowed(request, "view") or not request.user.has_perm("integrations.view_mail"):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else request.GET
        form = TryForm(data, initial={})
        pasted = str(data.get("pasted", ""))[:LONGEST_PASTED].lstrip()
        mail, received_at = self._mail(form, pasted)
        words, problem = ([], "") if mail is None else self._words(form.box, mail, received_at)
        context = admin.page_context(
            request,
            "Try rules",
            form=form,
            here=request.path,
            pasted=pasted,
            box=form.box,
            stored=None if pasted else form.chosen,
            mail=mail,
            words=words,
            nobody=mail is not None and not any(word.wins for word in words),
            problem=problem,
        )
        return TemplateResponse(request, "bridge/mail_trying.html", context)

    @staticmethod
    def _mail(form: TryForm, pasted: str) -> tuple[Parsed | None, Any]:
        if form.box is None:
            return None, None
        if pasted:
            return parse_mail(pasted.encode("utf-8", "replace")), timezone.now()
        if form.chosen is None:
            return None, None
        return parse_mail(as_raw(form.chosen.delivery.body)), form.chosen.received_at

    @staticmethod
    def _words(box: Console, mail: Parsed, received_at: Any) -> tuple[list[Said], str]:
        rules = list(rules_of(box))
        words: list[Said] = []
        try:
            for said in _said(rules, mail, received_at):
                words.append(said)
        except TooSlow as problem:
            return words, str(problem)
        return words, ""


def _said(rules: list[MailRule], mail: Parsed, received_at: Any) -> Iterator[Said]:
    """In their order; what is off is listed, but says nothing."""
    on = [rule for rule in rules if rule.enabled]
    words = judge_all([rule.as_rule() for rule in on], mail, received_at)
    won = False
    for rule in rules:
        if not rule.enabled:
            yield Said(rule, False, "It is switched off.")
            continue
        word = next(words)
        yield _one(rule, word, won)
        won = won or word.taken is not None


def _one(rule: MailRule, word: Judgement, won: bool) -> Said:
    if word.taken is None:
        return Said(rule, False, word.reason)
    if won:
        return Said(
            rule, False, "It would take the mail as well; the one above is tried earlier.", word.taken
        )
    place = find_places(rule.target, [Named(word.taken.company, word.taken.computer)])[0]
    return Said(rule, True, word.reason, word.taken, place)
