"""The data map of WHMCS: the files beside this one put together, what hangs on a record before the record.

Columns that the documented API names are in it as well, for an installation may have them.
"""

from __future__ import annotations

from kigen.hosts.whmcs.datamap_items import ITEMS
from kigen.hosts.whmcs.datamap_money import MONEY
from kigen.hosts.whmcs.datamap_people import PARTNERS, PEOPLE
from kigen.hosts.whmcs.datamap_support import SUPPORT
from kigen.policy.datamap import DataMap
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

PLATFORM = (
    table(
        "tblorderstatuses", Category.OTHER, Fate.NOBODY,
        "configuration: id title color showpending showactive showcancelled sortorder",
    ),
    table(
        "tblticketstatuses", Category.OTHER, Fate.NOBODY,
        "configuration: id title color sortorder showactive showawaiting autoclose",
    ),
    table("tblconfiguration", Category.OTHER, Fate.NOBODY, "configuration: id setting value created_at updated_at"),
    table("tbladdonmodules", Category.OTHER, Fate.NOBODY, "configuration: id module setting value"),
)  # fmt: skip

MAP = DataMap("whmcs", (*ITEMS, *MONEY, *SUPPORT, *PARTNERS, *PEOPLE, *PLATFORM))

TABLES = MAP.named

KNOWN = MAP.known
"""`table.column` of everything in the map."""

NOT_OF_CLIENTS = frozenset({"tbladmins", "tbladminlog", "tbladminroles"})
"""Tables about staff whose columns nobody mapped: never read, never written, and no finding."""
