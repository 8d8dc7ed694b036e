"""How the demo looks in a terminal: what is due, why records stay, what comes, what was done, one decision in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kigen.demo.rights import Shown
from kigen.policy.decide import KEEP, Decision
from kigen.policy.periods import When, to_local
from kigen.policy.schedule import Effect, Rule
from kigen.work.forecast import EFFECTS, Forecast
from kigen.work.overview import Overview
from kigen.work.swept import Swept

COLOURS = {Effect.DELETE.value: "red", Effect.ANONYMISE.value: "yellow", Effect.ARCHIVE.value: "cyan", KEEP: "green"}
DONE = {Effect.DELETE.value: "deleted", Effect.ANONYMISE.value: "anonymised", Effect.ARCHIVE.value: "archived"}
# One sign for each effect, so that the chart can be read without colours; the second for terminals without Unicode.
SIGNS = {Effect.DELETE.value: ("█", "#"), Effect.ANONYMISE.value: ("▓", "%"), Effect.ARCHIVE.value: ("░", "-")}


def what_is_due(overview: Overview, rules: Sequence[Rule]) -> RenderableType:
    """One line for each rule that acts now."""
    table = _table("Due now", "Rule", "A record is", "Term", "after", "Then", ">Records")
    for rule, group in overview.due_by_rule(rules):
        effect = Text(rule.effect.value, COLOURS[rule.effect.value])
        who = f"{rule.kind.value}, {rule.state}"
        table.add_row(rule.id, who, str(rule.term), rule.clock, effect, str(group.count))
    total = sum(overview.forecast.due_now.values())
    table.add_section()
    table.add_row("together", "", "", "", "", str(total), style="bold")
    return table


def why_records_stay(overview: Overview, zone: str) -> RenderableType:
    """Each reason that keeps something, how often, and one record with its sentence."""
    table = _table("Due or unclear, and kept", "Reason", ">Records", "For example", "because")
    for code, group in [*overview.by_size(overview.kept), *overview.by_size(overview.unknown)]:
        first = group.records[0]
        told = first.reason.text(zone) if first.reason else ""
        more = f" And {first.more} more." if first.more else ""
        table.add_row(Text(code, "yellow"), str(group.count), f"{first.kind.value} {first.id}", Text(told + more))
    return table


def what_is_coming(forecast: Forecast, width: int, is_unicode: bool) -> RenderableType:
    """The next 24 months as bars, one line a month."""
    months = forecast.months()
    tallest = max(1, *(month.total for month in months))
    room = max(10, min(60, width - 34))
    used = [effect for effect in EFFECTS if any(getattr(month, effect) for month in months)]
    legend = Text("  ").join(Text(f"{_sign(e, is_unicode)} {e}", COLOURS[e]) for e in used)
    lines = [Text.assemble(("Coming due, the next 24 months", "bold"), "   ", legend)]
    for month in months:
        line = Text(f"  {month.name}  ")
        for effect in EFFECTS:
            count = getattr(month, effect)
            cells = round(count * room / tallest) or (1 if count else 0)
            line.append(_sign(effect, is_unicode) * cells, COLOURS[effect])
        told = f" {month.total}" if month.total else " 0"
        lines.append(line.append(told, "dim" if not month.total else ""))
    lines.append(Text(f"  later    {sum(forecast.later.values())}", "dim"))
    return Padding(Group(*lines), (1, 0, 0, 0))


def what_was_done(swept: Swept) -> RenderableType:
    """The result of a run by kind, the rows that went, and what is left."""
    heads = [f">{DONE[effect]}" for effect in EFFECTS]
    table = _table(f"Run {swept.run}: done in {swept.seconds:.1f} s", "Kind", *heads)
    kinds = sorted({kind for counts in swept.done.values() for kind in counts})
    for kind in kinds:
        counts = [swept.done[effect][kind] if effect in swept.done else 0 for effect in EFFECTS]
        table.add_row(kind, *(str(number) if number else "" for number in counts))
    planned = sum(sum(counts.values()) for counts in swept.planned.acts.values())
    rows = f"{planned} records were planned and {swept.acted} acted on; what belonged to a deleted client went with it."
    rows += f" {sum(swept.rows.values())} rows of {len(swept.rows)} tables are gone."
    if swept.stop:
        rows += f" Stopped: {swept.stop.text}"
    return Group(table, Text(rows))


def one_decision(decision: Decision, zone: str) -> RenderableType:
    """A decision in full: what happens, every reason, every rule considered."""
    record = decision.record
    answer = Text.assemble(
        (f"{record.kind.value} {record.id}: ", "bold"), (decision.action, f"bold {COLOURS[decision.action]}")
    )
    if decision.rule:
        answer.append(f" ({decision.rule}, due {_local(decision.due, zone)})")
    reasons = [Text(f"  - {reason.code}: {reason.text(zone)}") for reason in decision.reasons]
    table = _table("", "Rule", "counted from", "since", "due")
    for one in decision.considered:
        anchor = one.clock.anchor
        since, due = _local(anchor.at, zone), _local(one.clock.due, zone)
        table.add_row(one.rule.id, f"{one.rule.anchor} ({anchor.source.value})", since, due)
    return Padding(Group(answer, *reasons, table), (1, 0, 0, 0))


HANDED: Mapping[str, tuple[str, str]] = {
    "title": ("What clients get in the hand", "お客様にお渡しするもの"),
    "consent": (
        "  Consent of client {client} to offers by mail: {first}; after agreeing: {given}; after withdrawing:"
        " {withdrawn}.",
        "  顧客 {client} の案内メールへの同意：当初 {first}、同意後 {given}、撤回後 {withdrawn} です。",
    ),
    "mark": (
        "  Each answer was written to the platform's own mark in the same transaction.",
        "  回答のたびに、システム側の設定も同じトランザクションで更新しています。",
    ),
    "policy": (
        "  The privacy policy, with the retention table of the rules that run: {pages}",
        "  稼働中の規則から作成した保存期間表を含むプライバシーポリシー：{pages}",
    ),
    "bundle": (
        "  All that is held about client {client}, {rows} rows in {sections} sections: {file}",
        "  顧客 {client} について保有するすべての情報（{sections} 項目、{rows} 行）：{file}",
    ),
}
"""English and Japanese."""


def what_clients_get(shown: Shown, pages: Sequence[str], bundle: str, language: str) -> list[Text]:
    """A consent's way, the published pages and the bundle; to be printed unwrapped, so that paths can be copied."""
    first, given, withdrawn = shown.states
    rows = shown.bundle.sections
    told = {
        "client": shown.client, "first": first, "given": given, "withdrawn": withdrawn, "pages": ", ".join(pages),
        "file": bundle, "rows": f"{sum(rows.values()):,}", "sections": len([one for one in rows.values() if one]),
    }  # fmt: skip
    column = 1 if language == "ja" else 0
    lines = [HANDED[key][column].format(**told) for key in ("title", "consent", "mark", "policy", "bundle")]
    return [Text(f"\n{lines[0]}", "bold"), *map(Text, lines[1:])]


def what_to_try(command: str, config: str, client: int) -> list[Text]:
    """Commands that go on from here, each after its purpose; to be printed unwrapped, so that they can be copied."""
    kigen = f"{command} --config {config}"
    steps = (
        ("the plan again, record by record", f"{kigen} plan"),
        ("why one record is kept, or when it goes", f"{kigen} explain client {client}"),
        ("a legal hold on this client", f"{kigen} hold add --client {client} --reason 'Court case 12'"),
        ("shorten a term", f"{kigen} settings set schedule.client.archive-inactive '6 months'"),
        ("so that the next run only previews, and exits 3", f"{kigen} sweep"),
        ("and this does it", f"{kigen} sweep --confirm"),
        ("all that is held about this client, as a file", f"{kigen} export {client} --out {client}.zip"),
        ("is anything wrong here?", f"{kigen} doctor"),
    )
    lines = [Text("\nWhat to try next", "bold")]
    for purpose, line in steps:
        lines += [Text(f"  # {purpose}", "dim"), Text(f"  {line}")]
    return lines


def is_unicode(console: Console) -> bool:
    """Whether block characters can be printed."""
    return console.encoding.lower().startswith("utf")


def _table(title: str, *columns: str) -> Table:
    """A table with a bold title; a column with > before its name holds numbers."""
    table = Table(title=title or None, title_justify="left", title_style="bold", header_style="dim", box=None)
    table.pad_edge = False
    for name in columns:
        is_number = name.startswith(">")
        whole = is_number or name in ("Rule", "since", "due")
        table.add_column(name.lstrip(">"), justify="right" if is_number else "left", no_wrap=whole)
    return table


def _sign(effect: str, is_unicode: bool) -> str:
    return SIGNS[effect][0 if is_unicode else 1]


def _local(when: When | None, zone: str) -> str:
    if when is None:
        return "unknown"
    return f"{to_local(when, zone):%Y-%m-%d %H:%M}" if isinstance(when, dt.datetime) else when.isoformat()
