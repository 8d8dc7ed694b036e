"""Which keys of each WHMCS hook the bridge lets through, from the same map by which kigen understands the hooks."""

from __future__ import annotations

from collections.abc import Mapping

from kigen.hosts.let_through import FLAG, ID, NAMES, WORD, Keys, Through, keys
from kigen.hosts.whmcs.hooks import ADDON, BY, HOOKS, INVOICE, OWNER_KEYS, SERVICE, TICKET, Hook

SORTS: Mapping[str, str] = {"status": WORD, "source": WORD, "groupid": ID}

# What stood in the columns before; of it only the names of those that changed go on.
BEFORE: Keys = {"olddata": Through("fields", NAMES)}

# The hook hands over the user itself, whose id alone goes on.
USER: Keys = {"user": Through("user_id", ID)}

SPECIAL: Mapping[str, Keys] = {
    "UserLogin": {**USER, **keys("user_id", "userId", "client_id", "clientId", sso=FLAG)},
    "AfterClientMerge": keys("toUserID", "touserid", "fromUserID", "fromuserid"),
    "TicketStatusChange": keys(*TICKET.keys, *OWNER_KEYS, status=WORD),
    "AffiliateCommission": keys(
        "serviceId", "serviceid", "affiliateId", "affiliateid", "referralId", "referralid", commissionDelayed=FLAG
    ),
    "CancellationRequest": keys("relid", *OWNER_KEYS, type=WORD),
    "DailyCronJob": {},
    "InvoicePaid": keys(*INVOICE.keys),
    "InvoicePaidPreEmail": keys(*INVOICE.keys),
    "AddInvoicePayment": keys(*INVOICE.keys),
    "AddTransaction": keys("id"),
}
"""Hooks whose meaning takes more than a line of the map."""


def table() -> dict[str, Keys]:
    """Every hook that means something to kigen, with its keys."""
    return {**{name: _keys(hook) for name, hook in HOOKS.items()}, **SPECIAL}


def _keys(hook: Hook) -> Keys:
    names = [*hook.thing.keys, *(SERVICE.keys if hook.thing is ADDON else ())]
    if hook.owner_in_payload:
        names += [key for key in OWNER_KEYS if key not in names]
    told = {key: SORTS[key] for key in hook.data if key not in ("fields", *BY)}  # who acted, the bridge says itself
    return {**keys(*names), **keys(**told), **(BEFORE if "fields" in hook.data else {})}
