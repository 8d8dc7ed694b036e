"""Why a run ended before it had looked at everything: a code, its values, and the one sentence made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LIMIT, MAX_SECONDS, STOP_FILE = "limit", "max-seconds", "stop-file"
THROTTLED, LOCKED, FAILED = "throttled", "locked", "failed"
RULES_CHANGED, FAILING, COORDINATOR_GONE = "rules-changed", "failing", "coordinator-gone"
INTERRUPTED, LEDGER = "interrupted", "ledger"

SENTENCES: dict[str, str] = {
    LIMIT: "As many records as --limit allows ({limit}) were looked at.",
    MAX_SECONDS: "The time that --max-seconds allows ({seconds:g} s) is over.",
    STOP_FILE: "The file {path} is there; nothing is archived or deleted until somebody removes it.",
    THROTTLED: "The database did not calm down within {seconds:g} s: {said}.",
    LOCKED: "{records} records in a row stayed locked by somebody else.",
    FAILED: "The run failed: {error}.",
    FAILING: "{records} records could not be handled: look at 'kigen doctor', and mend what refuses them.",
    INTERRUPTED: "Somebody stopped it while it worked.",
    RULES_CHANGED: "The program, its plugins, zones, rules or settings are not those that were confirmed for this run:"
    " look at 'kigen plan', then run 'kigen sweep --confirm'.",
    LEDGER: "The evidence could not be written to the ledger file, which tells something else: {said}.",
    COORDINATOR_GONE: "The run that laid out the work has ended.",
}
"""Every code but those of the brakes, which come with sentences of their own."""

ASKED_FOR = frozenset({LIMIT, MAX_SECONDS})
"""How a run ends early because it was told to when it began: nobody needs to look after it."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One reason to stop."""

    code: str
    values: Mapping[str, Any]
    text: str

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, **self.values, "text": self.text}


def stop(code: str, said: str = "", **values: Any) -> Stop:
    """A reason of the table above; `said` goes into its sentence only."""
    return Stop(code, values, SENTENCES[code].format(said=said, **values))
