"""`kigen settings`: reads and changes the operator's settings, and says what a change of the schedule makes due."""

from __future__ import annotations

import difflib
import sys

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import iso, short
from kigen.commands.options import group, with_call
from kigen.errors import WrongUse
from kigen.ledger import settings as ledger
from kigen.policy.settings import Setting, declared
from kigen.work import brakes
from kigen.work.changing import check
from kigen.work.preview import Change, preview
from kigen.work.site import Site

HIDDEN = "(set, not shown)"
FROM_INPUT = "-"


@group("settings")
def settings() -> None:
    """Show and change the settings: terms of the schedule, reasons to keep, floors, brakes."""


@settings.command("list")
@with_call
def listed(call: Call) -> None:
    """Show every setting with its value."""
    site = call.site()
    with site.reading() as connection:
        stored = ledger.stored(connection)
    rows = [_as_json(setting, stored, site.language) for setting in declared(site.plugins.rules()).values()]
    if call.is_json:
        show.as_json(rows)
        return
    cells = [(row["name"], row["value"], "yes" if row["is_set"] else "", row["words"]) for row in rows]
    show.table(("Setting", "Value", "Set", "Means"), cells, language=site.language)


@settings.command("get")
@click.argument("name")
@with_call
def get(call: Call, name: str) -> None:
    """Show the setting NAME."""
    site = call.site()
    setting = _setting(site, name)
    with site.reading() as connection:
        told = _as_json(setting, ledger.stored(connection), site.language)
    if call.is_json:
        show.as_json(told)
    else:
        show.line(str(told["value"]))


@settings.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("value", required=False)
@click.option("--default", "to_default", is_flag=True, help="Back to the default.")
@click.option("--no-preview", is_flag=True, help="Do not count what the change makes due.")
@with_call
def change(call: Call, name: str, value: str | None, to_default: bool, no_preview: bool) -> None:
    """Set NAME to VALUE; a blank, zero or negative term switches its rule off; - reads one line of standard input."""
    if (value is None) != to_default:
        raise WrongUse(f"what should {name} be? expected a VALUE, or --default")
    site = call.site()
    setting = _setting(site, name)
    if value == FROM_INPUT:
        value = sys.stdin.readline().rstrip("\r\n")
    parsed = check(site, name, value)
    is_counted = setting.is_rule and not no_preview
    change_made = _preview(site, name, value) if is_counted else None
    with site.transaction() as connection:
        ledger.store(connection, name, value, site.now, site.actor)
        told = _as_json(setting, ledger.stored(connection), site.language)
        told["previews_first"] = setting.is_rule and brakes.unconfirmed(site, connection) is not None
    told["newly_due"] = change_made.newly if change_made else None
    told["no_longer_due"] = change_made.no_longer if change_made else None
    rule = name.removeprefix("schedule.")
    told["is_off"] = parsed is None and rule in {one.id for one in site.plugins.rules()}
    if call.is_json:
        show.as_json(told)
        return
    off = f"The rule {rule} is now off: it keeps everything."
    show.line(off if told["is_off"] else f"{name} is now {told['value'] or 'blank'}.")
    if change_made:
        show.line(f"Newly due: {show.counts(change_made.newly)}; no longer due: {show.counts(change_made.no_longer)}.")
    if told["previews_first"]:
        show.line("The next sweep only previews, until a person confirms it ('kigen sweep --confirm').")


@settings.command("history")
@click.argument("name", required=False)
@with_call
def history(call: Call, name: str | None) -> None:
    """Show who changed what and when, for NAME or for all settings."""
    site = call.site()
    if name is not None:
        _setting(site, name)
    known = declared(site.plugins.rules())
    with site.reading() as connection:
        rows = [
            {
                "name": row.name, "old": _shown(known.get(row.name), row.old),
                "new": _shown(known.get(row.name), row.new), "at": iso(row.at, site.zone), "actor": row.actor,
            }
            for row in ledger.history(connection, name)
        ]  # fmt: skip
    if call.is_json:
        show.as_json(rows)
        return
    cells = [(row["name"], row["old"], row["new"], short(row["at"]), row["actor"]) for row in rows]
    show.table(("Setting", "From", "To", "When", "By"), cells, "Changes")


def _setting(site: Site, name: str) -> Setting:
    known = declared(site.plugins.rules())
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else "'kigen settings list' shows them"
        raise WrongUse(f"there is no setting {name}; {hint}")
    return known[name]


def _as_json(setting: Setting, stored: dict[str, str], language: str = "en") -> dict[str, object]:
    return {
        "name": setting.name, "value": _shown(setting, stored.get(setting.name, setting.default)),
        "default": setting.default, "is_set": setting.name in stored, "words": setting.words[language == "ja"],
        "article": setting.article,
    }  # fmt: skip


def _shown(setting: Setting | None, value: str | None) -> str | None:
    return HIDDEN if setting is not None and setting.is_secret and value else value


def _preview(site: Site, name: str, value: str | None) -> Change:
    with show.progress("counting what is due"):
        return preview(site, name, value)
