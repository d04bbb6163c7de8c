"""What a message says, in the shape that its receiver understands. Computes only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from integrations.choices import ChannelKind

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """`state` is *began*, *over* or *test*; `link` is empty where the public address is not known."""

    state: str
    kind: str
    title: str
    text: str
    began_at: datetime
    ended_at: datetime | None = None
    link: str = ""

    @property
    def headline(self) -> str:
        return f"Over: {self.title}" if self.state == "over" else self.title

    @property
    def lines(self) -> list[str]:
        since = f"Since {_told(self.began_at)}"
        until = f", until {_told(self.ended_at)}" if self.ended_at else ""
        return [line for line in (self.text if self.state != "over" else "", f"{since}{until}.") if line]


def _told(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M %Z}"


def mail_text(message: Message) -> str:
    return "\n\n".join([message.headline, *message.lines, *([message.link] if message.link else [])])


def _teams(message: Message) -> Body:
    """An adaptive card, as workflows of Teams take it."""
    blocks: list[Body] = [{"type": "TextBlock", "text": _plain(line), "wrap": True} for line in message.lines]
    colour = "Attention" if message.state == "began" else "Good"
    head = {"type": "TextBlock", "text": _plain(message.headline), "weight": "Bolder", "size": "Medium"}
    card: Body = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{**head, "wrap": True, "color": colour}, *blocks],
    }
    if message.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open HaloBridge", "url": message.link}]
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _plain(text: str) -> str:
    """A vendor's words must not become a link or a picture in the card."""
    return text.replace("[", "(").replace("]", ")")


def _slack(message: Message) -> Body:
    words = "\n".join([f"*{_escaped(message.headline)}*", *(_escaped(line) for line in message.lines)])
    return {"text": f"{words}\n<{message.link}|Open HaloBridge>" if message.link else words}


def _escaped(text: str) -> str:
    """Slack reads links and mentions between < and >."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _json(message: Message) -> Body:
    return {
        "state": message.state,
        "kind": message.kind,
        "title": message.title,
        "text": message.text,
        "began_at": message.began_at.isoformat(),
        "ended_at": message.ended_at.isoformat() if message.ended_at else None,
        "link": message.link,
    }


BODIES: Final[Mapping[str, Callable[[Message], Body]]] = {
    ChannelKind.TEAMS: _teams,
    ChannelKind.SLACK: _slack,
    ChannelKind.WEBHOOK: _json,
}
