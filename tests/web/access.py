"""What makes a page open to everyone, measured in it."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

__all__ = ["SMALL", "UNNAMED", "violations"]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL = """() => [...document.querySelectorAll("a, button, select, input, textarea, summary, label.choice")]
  .filter((one) => one.checkVisibility() && !one.closest(".choice *, .skip") && !one.matches(".skip"))
  .map((one) => [one.textContent.slice(0, 20) || one.outerHTML.slice(0, 60), one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < 47.9 || box.height < 47.9))
  .map(([name, box]) => `${name}: ${Math.round(box.width)}x${Math.round(box.height)}`)"""
UNNAMED = """() => [...document.querySelectorAll("a, button, select, input, textarea, summary, canvas")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.ariaLabel || one.textContent.trim() || one.labels?.length))
  .map((one) => one.outerHTML.slice(0, 80))"""


def violations(page: Page) -> list[str]:
    """What axe-core finds, with the first place of each."""
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:90]} {one['nodes'][0]['failureSummary'][:200]}"
        for one in found
    ]
