"""Which keys of each event of FOSSBilling the bridge lets through, and the listeners that 0.7 needs by name."""

from __future__ import annotations

from collections.abc import Mapping

from kigen.hosts.fossbilling.hooks import HOOKS
from kigen.hosts.let_through import DAY, WORD, Keys, keys

OF_ALL = keys("id", "client_id")

SPECIAL: Mapping[str, Keys] = {
    "onBeforeAdminClientUpdate": {**keys("id"), **keys(status=WORD)},
    "onAfterAdminOrderCancel": OF_ALL,
    "onAfterAdminOrderUpdate": OF_ALL,
    "onBeforeAdminInvoiceUpdate": {**OF_ALL, **keys(status=WORD, due_at=DAY)},
    "onBeforeClientInvoiceDelete": OF_ALL,
    "onAfterAdminTransactionCreate": keys("id"),
    "onAfterAdminTransactionProcess": keys("id"),
    "onAfterAdminCronRun": {},
}
"""Events whose meaning takes more than a line of the map."""

SILENT = (
    "onAfterAdminBatchCancelSuspendedOrders", "onAfterAdminBatchSuspendOrders", "onAfterAdminClientCreate",
    "onAfterAdminClientPasswordChange", "onAfterAdminGenerateRenewalInvoice", "onAfterAdminInvoiceReminderSent",
    "onAfterAdminInvoiceUpdate", "onAfterAdminLogin", "onAfterAdminOrderRenew", "onAfterAdminPublicTicketClose",
    "onAfterAdminPublicTicketOpen", "onAfterAdminPublicTicketReply", "onAfterAdminTransactionUpdate",
)  # fmt: skip
"""Events that sound like those that mean something, and do not (hooks.py says why). Another one is a new name."""

SILENT_HEAD = """<?php

/**
 * Events that sound as if they meant something to kigen, and do not. Written from kigen's own event map.
 */

return ["""

HEAD = """<?php

namespace Kigen\\Bridge;

/**
 * A listener for each event, which FOSSBilling 0.7 finds by its name. Written from kigen's own event map.
 */
trait Listeners
{"""

LISTENER = """    public static function {name}(\\Box_Event $event): void
    {{
        self::hear($event, false);
    }}
"""


def table() -> dict[str, Keys]:
    """Every event that means something to kigen, with its keys."""
    return {**dict.fromkeys(HOOKS, OF_ALL), **SPECIAL}


def listeners() -> str:
    """The listeners as a PHP file."""
    return "\n".join([HEAD, "\n".join(LISTENER.format(name=name) for name in sorted(table())).rstrip(), "}", ""])


def silent() -> str:
    """The events that mean nothing as a PHP file, which returns them as keys."""
    return "\n".join([SILENT_HEAD, *(f"    '{name}' => true," for name in SILENT), "];", ""])
