"""The page of a document as issued: one HTML text that loads nothing and runs nothing, in the document's language."""

from __future__ import annotations

from kigen import pages
from kigen.policy.papers import Paper


def render(paper: Paper) -> str:
    """The page; whatever a name or a line holds is shown as text. KeyError where a code has no words."""
    return pages.render("documents/document.html", paper.language, paper=paper)
