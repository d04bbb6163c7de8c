"""axe-core looks at a page that is open: what keeps people with a disability from using it."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES: Final = {"type": "tag", "values": ["wcag2a", "wcag2aa"]}
CONTRAST: Final = {"type": "rule", "values": ["color-contrast"]}
SERIOUS: Final = {"serious", "critical"}
ACCEPTED: Final = {
    ("list", ".select2-selection--multiple"): "select2 puts its “remove all” beside the items of its list",
}
"""(rule, part of a selector) of what the theme's own scripts draw anew all the time → the reason."""
LOOK: Final = """
async ([place, rules]) => {
    const options = {runOnly: rules, resultTypes: ["violations"], preload: false};
    const found = await axe.run(place, options);
    return found.violations.flatMap((rule) => rule.nodes.map((node) => (
        {rule: rule.id, impact: rule.impact, at: node.target.join(" "), why: node.failureSummary}
    )));
}
"""


def serious_findings(page: Page, place: str, *, contrast_only: bool = False) -> list[str]:
    """A sentence for each. The page's policy stays in force: it does not hold off what a debugger runs."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate("new Promise((settled) => requestIdleCallback(settled))")
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(LOOK, [place, CONTRAST if contrast_only else RULES])
    return [
        f"{page.url}: {row['rule']} at {row['at']}: {' '.join(row['why'].split())}"
        for row in found
        if row["impact"] in SERIOUS and not _accepted(row)
    ]


def _accepted(row: dict[str, Any]) -> bool:
    return any(rule == row["rule"] and part in row["at"] for rule, part in ACCEPTED)
