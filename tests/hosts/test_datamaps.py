"""The data maps against the real schemas: every column is classified, leads to its client, and its mask fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from kigen.hosts.fossbilling import FossBillingHost, needs, ways
from kigen.hosts.whmcs import WhmcsHost
from kigen.hosts.whmcs import needs as whmcs_needs
from kigen.hosts.whmcs import ways as whmcs_ways
from kigen.policy.datamap import DataMap, Field
from kigen.policy.fates import Fate, Treatment
from kigen.policy.masks import mask
from kigen.policy.masks_shape import Shape, fits
from kigen.policy.masks_texts import Seed
from kigen.policy.schedule import RULES
from kigen.policy.sorts import Sort
from tests.hosts import datamap_schema
from tests.hosts.datamap_schema import Written
from tests.support.sql import WHMCS

HOSTS = {"whmcs": WhmcsHost.datamap, "fossbilling": FossBillingHost.datamap}
FILES = ("whmcs.sql", "fossbilling-0.7.2.sql.gz", "fossbilling-0.8.5.sql.gz")
SAMPLES: dict[Sort, object] = {
    Sort.BIRTHDAY: "1980-02-29", Sort.TRAIT: "male", Sort.JSON: '{"firstname": "Tanaka Taro"}',
    Sort.SERIALIZED: 'a:1:{s:9:"firstname";s:11:"Tanaka Taro";}', Sort.EMAIL: "tanaka@example.jp",
    Sort.IP: "198.51.100.7",
}  # fmt: skip

host_maps = pytest.mark.parametrize("datamap", HOSTS.values(), ids=HOSTS)


@pytest.fixture(params=FILES)
def schema(request: pytest.FixtureRequest, shared_data: Path) -> tuple[DataMap, dict[str, dict[str, Written]]]:
    """Each real schema with the map of its host."""
    name = str(request.param)
    return HOSTS[name.partition(".")[0].partition("-")[0]], datamap_schema.read(shared_data / name)


def masked(datamap: DataMap) -> list[Field]:
    """Columns that a mask can meet: a row that goes is never masked."""
    return [one for table in datamap if table.treatment(True) is Treatment.MASK for one in table.masked]


def names(datamap: DataMap, *fates: Fate) -> set[str]:
    return {table.name for table in datamap if table.fate in fates}


def test_every_column_of_every_real_table_is_classified(
    schema: tuple[DataMap, dict[str, dict[str, Written]]],
) -> None:
    datamap, tables = schema
    assert sum(map(len, tables.values())) in (431, 706, 714), "The file is read whole."
    assert {f"{table}.{name}" for table, columns in tables.items() for name in columns} - datamap.known == set()


def test_every_column_of_the_tables_in_the_tree_is_classified() -> None:
    tables = datamap_schema.read(WHMCS)
    assert {f"{table}.{name}" for table, columns in tables.items() for name in columns} - HOSTS["whmcs"].known == set()


def test_the_map_names_no_column_that_neither_version_has(shared_data: Path) -> None:
    found = [datamap_schema.read(shared_data / name) for name in FILES[1:]]
    there = {f"{table}.{name}" for tables in found for table, columns in tables.items() for name in columns}
    assert HOSTS["fossbilling"].known - there == set()


def test_a_mask_fits_every_column_that_it_can_meet(schema: tuple[DataMap, dict[str, dict[str, Written]]]) -> None:
    datamap, tables = schema
    there = [(one, tables[one.table][one.name]) for one in masked(datamap) if one.name in tables.get(one.table, {})]
    assert len(there) > 60
    for one, column in there:
        assert one.sort
        shape = Shape(
            column.type, column.length, nullable=column.may_be_null, unique=column.is_unique or one.is_distinct,
            values=column.values,
        )  # fmt: skip
        new = mask(one.sort, SAMPLES.get(one.sort, "Tanaka Taro"), shape, Seed("4711")).value
        assert fits(new, shape) and "Tanaka" not in str(new), f"{one.table}.{one.name}: {new!r}"


def test_what_the_tables_want_to_be_unique_the_map_calls_distinct(
    schema: tuple[DataMap, dict[str, dict[str, Written]]],
) -> None:
    datamap, tables = schema
    there = {(one.table, one.name): one for table in datamap for one in table.masked}
    unique = {
        f"{table}.{name}": there[table, name].is_distinct
        for table, columns in tables.items()
        for name, column in columns.items()
        if column.is_unique and datamap[table].treatment(True) is not Treatment.NONE and (table, name) in there
    }
    of_fossbilling = {"client.email": True, "invoice.hash": True, "service_license.license_key": True}
    # The rows of sessions go, so what stands in their key is never masked.
    assert (
        unique
        == {"whmcs": {"tblusers.email": True}, "fossbilling": {**of_fossbilling, "session.id": False}}[datamap.host]
    )


@pytest.mark.parametrize("name", FILES[1:])
def test_what_the_map_calls_plain_holds_no_clients_name_or_address(name: str, shared_data: Path) -> None:
    datamap, rows = HOSTS["fossbilling"], list(datamap_schema.rows(shared_data / name))
    telling = ("email", "first_name", "last_name", "company", "phone", "address_1")
    known = {row[column] for table, row in rows if table == "client" for column in telling if row.get(column)}
    known = {value for value in known if len(value) >= 4}
    assert len(known) > 200
    told, plain = 0, []
    for table, row in rows:
        for column, value in row.items():
            if any(one in value for one in known):
                told += 1
                if not datamap[table].fields[column].is_personal:
                    plain.append(f"{table}.{column}: {value}")
    assert plain == []
    assert told > 500, "Where the map says so they are found."


@host_maps
def test_every_personal_column_leads_to_a_client_or_is_found_by_searching(datamap: DataMap) -> None:
    searched = names(datamap, Fate.MASKED, Fate.FOUND_GOES)
    lost = [
        table.name
        for table in datamap
        if table.personal and not datamap.paths(table.name) and table.fate is not Fate.STAFF
    ]
    assert set(lost) == searched
    assert searched == {
        "whmcs": {"tblmodulelog", "tblgatewaylog"},
        "fossbilling": {
            "support_p_ticket", "support_p_ticket_message", "mod_massmailer", "api_request", "queue_message",
            "session", "cart", "cart_product",
        },
    }[datamap.host]  # fmt: skip


@host_maps
def test_only_staff_and_the_platform_are_never_touched(datamap: DataMap) -> None:
    assert names(datamap, Fate.STAFF) == (
        {"admin", "admin_password_reset", "activity_admin_history"} if datamap.host == "fossbilling" else set()
    )
    for table in datamap:
        if table.fate is Fate.NOBODY:
            assert table.personal == () and table.links == (), table.name


def test_what_a_floor_leaves_masked_is_what_retention_says() -> None:
    assert names(HOSTS["whmcs"], Fate.STAYS_MASKED) == {
        "tblclients", "tblinvoices", "tblinvoiceitems", "tblaccounts", "tblcredit", "tblquotes", "tblquoteitems",
        "tblaffiliates", "tblaffiliatesaccounts", "tblaffiliatespending", "tblaffiliateshistory",
        "tblaffiliateswithdrawals", "tblorders", "tblhosting", "tblhostingaddons", "tbldomains",
    }  # fmt: skip
    assert names(HOSTS["fossbilling"], Fate.STAYS_MASKED) == {
        "client", "invoice", "invoice_item", "transaction", "client_balance", "promo_redemption", "client_order",
        "service_apikey", "service_custom", "service_domain", "service_downloadable", "service_hosting",
        "service_license", "service_membership",
    }  # fmt: skip


@host_maps
def test_numbers_dates_and_amounts_by_which_a_document_is_known_are_never_masked(datamap: DataMap) -> None:
    stay = {
        "whmcs": "tblclients.id tblclients.uuid tblclients.datecreated tblorders.ordernum tblinvoices.invoicenum"
        " tblinvoices.total tblinvoices.tax tblinvoices.datepaid tblinvoiceitems.amount tblaccounts.amountin"
        " tblaccounts.date tblaccounts.refundid tblclients.country tblcredit.amount",
        "fossbilling": "client.id client.created_at client.country invoice.serie invoice.nr invoice.paid_at"
        " invoice.taxrate invoice.buyer_country invoice_item.price transaction.amount transaction.created_at"
        " client_balance.amount client_order.price",
    }[datamap.host].split()
    for name in stay:
        table, _, column = name.partition(".")
        assert datamap[table].fields[column].treatment is not Treatment.MASK, name


@host_maps
def test_every_secret_is_withheld_and_every_country_of_a_taxed_document_is_kept(datamap: DataMap) -> None:
    personal = [one for table in datamap for one in table.personal]
    assert [one.name for one in personal if one.sort in (Sort.SECRET, Sort.TOKEN) and not one.withheld] == []
    kept = {f"{one.table}.{one.name}" for one in personal if one.kept and one.sort is Sort.COUNTRY}
    assert (
        kept
        == {"whmcs": {"tblclients.country"}, "fossbilling": {"client.country", "invoice.buyer_country"}}[datamap.host]
    )


def test_of_what_decisions_rest_on_only_these_columns_are_masked() -> None:
    rested = {
        "whmcs": {name for rule in RULES for name in whmcs_needs.needs(rule)}
        | {f"{way.table}.{name}" for way in whmcs_ways.WAYS for name in way.columns},
        "fossbilling": {name for rule in RULES for name in needs.needs(rule)}
        | {f"{way.table}.{name}" for way in ways.WAYS for name in way.columns},
    }
    found = {host: {f"{one.table}.{one.name}" for one in masked(HOSTS[host])} & rested[host] for host in HOSTS}
    assert found == {
        "whmcs": {"tblhosting.domain", "tbldomains.domain"},  # a new name restarts the clock: it is kept longer
        "fossbilling": {"invoice.notes"},  # the host's sentence that links a refund: without it, it counts as paid
    }
