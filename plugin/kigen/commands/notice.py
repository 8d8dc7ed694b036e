"""`kigen notice`: privacy policy, consents' texts and messages: published in versions, listed, shown, compared."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import instant, iso, short
from kigen.commands.notice_languages import show_languages
from kigen.commands.options import group, with_call
from kigen.errors import Status, WrongUse
from kigen.ledger import notices
from kigen.policy.notice_catalogue import NOTICES, names
from kigen.policy.notices import Version, Weight, in_force
from kigen.policy.vocabulary import LANGUAGES
from kigen.work import publishing
from kigen.work.site import Site
from kigen.work.typesetting import html, plain

LANGUAGE = click.Choice(LANGUAGES)
KEY = click.Choice(list(NOTICES))


@group("notice")
def notice() -> None:
    """Publish, list, show and compare the versions of notices."""


@notice.command("publish")
@click.argument("key", type=KEY, metavar="NOTICE")
@click.option("--effective", metavar="DATE", help="From when it counts; else at once.")
@click.option("--posting-date", is_flag=True, help="The date lies before now: it was posted elsewhere on that day.")
@click.option("--cosmetic", is_flag=True, help="Only the wording changes: consents are carried over.")
@click.option("--text", "files", metavar="LANGUAGE=FILE", multiple=True, help="Own words, as a template; else kigen's.")
@click.option("--preview", is_flag=True, help="Show the texts, filled with sample data, and publish nothing.")
@with_call
def publish(
    call: Call, key: str, effective: str | None, posting_date: bool, cosmetic: bool, files: tuple[str, ...],
    preview: bool,
) -> Status:  # fmt: skip
    """Publish the next version of a notice in every language, or say what is wrong in it."""
    site = call.site()
    begins = instant(effective, site.zone, "--effective") if effective is not None else site.now
    weight = Weight.COSMETIC if cosmetic else Weight.MATERIAL
    try:
        with site.transaction() as connection:
            made = publishing.draft(site, connection, key, _own(files), site.now, begins)
            if not preview:
                version = publishing.publish(site, connection, made, begins, weight, posting_date)
    except ValueError as error:
        raise WrongUse(str(error)) from error
    if not made.is_alike:
        show.aside(f"the languages of {key} have different headings; the binding one counts, but look what is missing")
    status = Status.DONE if made.is_alike else Status.FINDINGS
    if preview:
        _show_texts(call, key, {one: made.previews[one] for one in LANGUAGES})
    elif call.is_json:
        show.as_json(_as_json(site, version))
    else:
        show.line(f"Version {version.number} of {key} is published; it counts from {short(iso(begins, site.zone))}.")
    return status


@notice.command("list")
@with_call
def listed(call: Call) -> None:
    """Show every version of every notice, and which is in force."""
    site = call.site()
    with site.reading() as connection:
        known = notices.versions(connection)
    current = {key: in_force([one for one in known if one.notice == key], site.now) for key in NOTICES}
    found = [{**_as_json(site, one), "state": _state(one, current.get(one.notice), site)} for one in known]
    if call.is_json:
        show.as_json(found)
        return
    rows = [
        (one["notice"], one["version"], one["state"], short(one["published"]), short(one["effective"]), one["change"],
         one["binding"], one["by"])
        for one in found
    ]  # fmt: skip
    show.table(("Notice", "Version", "State", "Published", "Counts from", "Change", "Binding", "By"), rows)
    if missing := sorted(NOTICES.keys() - {one.notice for one in known}):
        show.line(f"Not published, so that kigen's own words are sent: {', '.join(missing)}")


@notice.command("show")
@click.argument("key", type=KEY, metavar="NOTICE")
@click.option("--version", "number", type=click.IntRange(min=1), help="A version; else the one in force.")
@click.option("--language", type=LANGUAGE, help="One language; else all.")
@click.option("--html", "is_html", is_flag=True, help="As a page's body.")
@click.option("--seen", is_flag=True, help="Who was shown or accepted which version, when, in which language.")
@click.option("--client", type=click.IntRange(min=1), metavar="ID", help="With --seen: this client alone.")
@with_call
def shown(
    call: Call, key: str, number: int | None, language: str | None, is_html: bool, seen: bool, client: int | None
) -> None:  # fmt: skip
    """Show a notice's text, or who had it before the eyes."""
    site = call.site()
    if seen:
        _show_views(call, site, key, client)
        return
    with site.reading() as connection:
        version = _version(site, notices.versions(connection, key), key, number)
        asked = [language] if language else LANGUAGES
        texts = {one: text for one in asked if (text := notices.text(connection, key, version.number, one))}
    _show_texts(call, key, texts, is_html, _as_json(site, version))


@notice.command("diff")
@click.argument("key", type=KEY, metavar="NOTICE")
@click.option("--from", "old", type=click.IntRange(min=1), help="The earlier version.")
@click.option("--to", "new", type=click.IntRange(min=1), help="The later version; else the one in force.")
@click.option("--language", type=LANGUAGE, default="en", show_default=True, help="The language.")
@click.option("--languages", is_flag=True, help="Compare the languages of one version instead (--to).")
@with_call
def diff(call: Call, key: str, old: int | None, new: int | None, language: str, languages: bool) -> None:
    """Show what changed between two versions of a notice, or where its languages state something else."""
    site = call.site()
    if languages == (old is not None):
        raise WrongUse("expected either --from VERSION or --languages")
    with site.reading() as connection:
        known = notices.versions(connection, key)
        later = _version(site, known, key, new)
        if languages:
            show_languages(call, later, {one: notices.text(connection, key, later.number, one) for one in LANGUAGES})
            return
        two = [_version(site, known, key, old), later]
        bodies = [notices.text(connection, key, one.number, language) for one in two]
    before, after = (one.body.splitlines() if one else [] for one in bodies)
    names_of = [f"{key}@{one.number} ({language})" for one in two]
    told = list(difflib.unified_diff(before, after, names_of[0], names_of[1], lineterm=""))
    if call.is_json:
        show.as_json({"notice": key, "from": two[0].number, "to": two[1].number, "language": language, "lines": told})
    else:
        show.line("\n".join(map(show.printable, told)) or "Nothing changed.")


def _own(files: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in files:
        language, _, path = one.partition("=")
        if language not in LANGUAGES or not path:
            known = " or ".join(LANGUAGES)
            raise WrongUse(f"--text is {one!r}; expected LANGUAGE=FILE with {known} as language, such as en=policy.md")
        try:
            content = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            said = f"--text {one!r} cannot be read ({type(error).__name__}); expected a file in UTF-8"
            raise WrongUse(said) from None
        found[language] = content
    return found


def _version(site: Site, known: list[Version], key: str, number: int | None) -> Version:
    found = in_force(known, site.now) if number is None else next((one for one in known if one.number == number), None)
    if found is None:
        there = ", ".join(str(one.number) for one in known) or "none"
        raise WrongUse(f"there is no such version of {key}; published are: {there}")
    return found


def _show_texts(
    call: Call, key: str, texts: dict[str, notices.Text], is_html: bool = False, told: dict[str, object] | None = None
) -> None:
    if call.is_json:
        told = {"notice": key, "variables": sorted(names(NOTICES[key])), **(told or {})}
        each = {
            one: {"title": text.title, "digest": text.digest, "text": text.body, "html": html(text.body)}
            for one, text in texts.items()
        }
        show.as_json({**told, "texts": each})
        return
    for language, text in texts.items():
        body = html(text.body) if is_html else plain(text.body)
        show.line(show.printable(f"[{language}] {text.title}\n\n{body}\n"))


def _show_views(call: Call, site: Site, key: str, client: int | None) -> None:
    with site.reading() as connection:
        found = notices.views(connection, key, client)
    rows = [
        {"client": one.client, "notice": one.notice, "version": one.version, "language": one.language or None,
         "act": one.act, "at": iso(one.at, site.zone)}
        for one in found
    ]  # fmt: skip
    if call.is_json:
        show.as_json(rows)
        return
    columns = ("Client", "Version", "Language", "Act", "At")
    show.table(columns, [(o["client"], o["version"], o["language"], o["act"], short(o["at"])) for o in rows])


def _as_json(site: Site, one: Version) -> dict[str, object]:
    return {
        "notice": one.notice, "version": one.number, "published": iso(one.published, site.zone),
        "effective": iso(one.effective, site.zone), "change": one.weight.value, "binding": one.binding,
        "by": one.actor, "digests": dict(one.digests),
    }  # fmt: skip


def _state(one: Version, current: Version | None, site: Site) -> str:
    if one.effective > site.now:
        return "to come"
    return "in force" if one == current else "replaced"
