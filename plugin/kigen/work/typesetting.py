"""A notice's Markdown as a page and as a mail's plain text; neither can hold a script, a form or something loaded."""

from __future__ import annotations

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "hr", "li", "ol", "p", "strong", "table", "tbody", "td",
    "th", "thead", "tr", "ul",
}  # fmt: skip
BREAKS = {"paragraph_close", "heading_close", "bullet_list_close", "ordered_list_close", "table_close"}
SCHEMES = {"https", "http", "mailto"}

_HEADING = re.compile(r"#{1,6} +")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def html(markdown: str) -> str:
    """HTML of the body alone. Markup in the text is shown as text; what the cleaning does not know is dropped."""
    made = _parser().render(markdown)
    return nh3.clean(made, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel="noopener noreferrer")


def outline(markdown: str) -> list[str]:
    """The sorts of heading in their order, by which two languages of a notice are compared."""
    return [token.tag for token in _parser().parse(markdown) if token.type == "heading_open"]


def titled(markdown: str) -> tuple[str, str]:
    """Title and body: the text begins with its title as a heading. ValueError where it does not."""
    first, _, rest = markdown.strip().partition("\n")
    if not _HEADING.match(first):
        raise ValueError("line 1: it does not begin with its title; expected '# Title', then the text")
    return plain(_HEADING.sub("", first, count=1)), rest.strip() + "\n"


def plain(markdown: str) -> str:
    """The words as a mail without markup shows them; links are followed by their addresses, rows are lines."""
    lines: list[str] = []
    cells: list[str] = []
    mark, is_row = "", False
    for token in _parser().parse(markdown):
        if token.type == "inline":
            words = "".join(_words(token.children or []))
            if is_row:
                cells.append(words)
            else:
                lines.append(mark + words)
            mark = ""
        elif token.type == "list_item_open":
            mark = "- " if token.markup == "-" else f"{token.info}{token.markup} "
        elif token.type in ("tr_open", "tr_close"):
            is_row = token.type == "tr_open"
            if not is_row:
                lines.append(" | ".join(cells))
                cells = []
        elif token.type in BREAKS and not token.hidden and lines and lines[-1]:
            lines.append("")
    return "\n".join(lines).strip()


def _words(children: list[Token]) -> list[str]:
    found: list[str] = []
    address = ""
    for child in children:
        if child.type == "link_open":
            address = str(child.attrs.get("href", ""))
        elif child.type == "link_close":
            found.append(f" ({address})" if address and address.removeprefix("mailto:") not in found[-1:] else "")
        elif child.type in ("softbreak", "hardbreak"):
            found.append("\n")
        else:
            found.append(child.content)
    return found
