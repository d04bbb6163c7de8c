"""The parts of a large mail that were read → a mail of one part."""

from __future__ import annotations

from integrations.net.imap import TextPart


def put_together(part: TextPart) -> bytes:
    """A mail of one part: the header of the large one without what describes its content, and the text."""
    kept: list[bytes] = []
    keeps = True
    for line in part.header.replace(b"\r\n", b"\n").split(b"\n"):
        if not line:
            break
        if line[:1] not in b" \t":
            keeps = not line.lower().startswith((b"content-", b"mime-version"))
        if keeps:
            kept.append(line)
    charset = f"; charset={part.charset}" if part.charset else ""
    described = [
        f"Content-Type: {part.content_type or 'text/plain'}{charset}".encode("ascii", "replace"),
        f"Content-Transfer-Encoding: {part.encoding or '8bit'}".encode("ascii", "replace"),
    ]
    return b"\r\n".join([*kept, *described, b"", part.content])
