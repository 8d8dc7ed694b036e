"""A published notice as a page by itself: it loads nothing, sends nothing, and says which language counts."""

from __future__ import annotations

from kigen import pages
from kigen.ledger.notices import Text
from kigen.policy.notices import Version
from kigen.policy.periods import to_local
from kigen.work.typesetting import html


def page(text: Text, version: Version, language: str, zone: str, other: str = "") -> str:
    """The page. `zone` is that of its dates; `other` the address of the same notice in the other language, or blank."""
    return pages.render(
        "notices/page.html", language, title=text.title, number=version.number, binding=version.binding,
        body=html(text.body), other=other, published=to_local(version.published, zone).date(),
        effective=to_local(version.effective, zone).date(),
    )  # fmt: skip
