"""The demo world: reproducible, as large as asked for, of reserved names only, every reference leading somewhere."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, text

from kigen.demo import world
from kigen.hosts.whmcs import tables

Ask = Callable[..., list[tuple[Any, ...]]]


def filled(clients: int, now: datetime, seed: int = 1) -> Engine:
    engine = create_engine("sqlite://")
    world.fill(engine, clients, seed, now=now)
    return engine


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for name, table in tables.metadata.tables.items()
        }


def test_the_same_seed_gives_the_same_world_and_another_seed_another(now: datetime) -> None:
    first = everything(filled(60, now))
    assert everything(filled(60, now)) == first
    assert everything(filled(60, now, seed=2)) != first


def test_every_table_has_rows(ask: Ask) -> None:
    assert [name for name in tables.metadata.tables if not ask(f"SELECT id FROM {name} LIMIT 1")] == []


def test_the_world_has_as_many_clients_as_asked_for_about_sixty_in_a_hundred_japanese(ask: Ask) -> None:
    countries = [row[0] for row in ask("SELECT country FROM tblclients")]
    assert len(countries) == 700
    assert 0.53 < countries.count("JP") / 700 < 0.67
    assert {"DE", "FR", "NL", "GB", "IT"} <= set(countries)


def test_every_order_status_of_the_host_is_there(ask: Ask) -> None:
    used = {row[0] for row in ask("SELECT DISTINCT status FROM tblorders")}
    assert {row[0] for row in ask("SELECT title FROM tblorderstatuses")} <= used


def test_quotes_are_there_in_every_stage_and_tickets_open_and_closed(ask: Ask) -> None:
    stages = {row[0] for row in ask("SELECT stage FROM tblquotes")}
    assert stages == {"Draft", "Delivered", "On Hold", "Accepted", "Lost", "Dead"}
    statuses = {row[0] for row in ask("SELECT status FROM tbltickets")}
    assert {"Closed", "Open", "Answered"} <= statuses


def test_some_users_own_two_clients_and_some_clients_have_two_users(ask: Ask) -> None:
    assert ask("SELECT auth_user_id FROM tblusers_clients GROUP BY 1 HAVING COUNT(*) > 1")
    assert ask("SELECT client_id FROM tblusers_clients GROUP BY 1 HAVING COUNT(*) > 1")


def test_custom_field_values_of_clients_services_and_tickets_share_numbers(ask: Ask) -> None:
    query = "SELECT DISTINCT f.type FROM tblcustomfieldsvalues v JOIN tblcustomfields f ON f.id = v.fieldid"
    assert {row[0] for row in ask(query)} == {"client", "product", "support"}
    assert ask("SELECT relid FROM tblcustomfieldsvalues GROUP BY relid HAVING COUNT(DISTINCT fieldid) > 2")


def test_every_domain_and_mail_address_is_one_reserved_for_examples(host: Engine, ask: Ask) -> None:
    reserved = re.compile(r"(^|[@.])(example(\.(com|net|org|jp|co\.jp))?|test|invalid)$")
    looks = re.compile(r"[\w-]+(?:[@.][\w-]+)*\.[a-z]{2,}\b", re.ASCII)
    bad = set()
    for name, column in (
        ("tblclients", "email"), ("tblusers", "email"), ("tblcontacts", "email"), ("tbltickets", "email"),
        ("tbltickets", "cc"), ("tblemails", '"to"'), ("tblhosting", "domain"), ("tbldomains", "domain"),
    ):  # fmt: skip
        bad |= {row[0] for row in ask(f"SELECT {column} FROM {name}") if row[0] and not reserved.search(row[0])}
    for name, content in everything(host).items():
        words = [value for row in content for value in row if isinstance(value, str)]
        found = {match for value in words for match in looks.findall(value)}
        bad |= {
            f"{name}: {m}" for m in found if not reserved.search(m) and not m.endswith((".pdf", ".txt", ".release"))
        }
    assert bad == set()


def test_rows_are_numbered_in_the_order_in_which_they_came(ask: Ask) -> None:
    paid = [row[0] for row in ask("SELECT date FROM tblaccounts ORDER BY id")]
    assert paid == sorted(paid)


def test_every_reference_leads_to_a_row_and_nothing_happens_after_now(ask: Ask) -> None:
    links = (
        ("tblorders", "userid", "tblclients"), ("tblhosting", "orderid", "tblorders"),
        ("tblinvoiceitems", "invoiceid", "tblinvoices"), ("tbltickets", "userid", "tblclients"),
        ("tblticketreplies", "tid", "tbltickets"), ("tblhostingaddons", "hostingid", "tblhosting"),
        ("tblaffiliatesaccounts", "relid", "tblhosting"), ("tblusers_clients", "auth_user_id", "tblusers"),
    )  # fmt: skip
    for name, column, target in links:
        assert not ask(f"SELECT id FROM {name} WHERE {column} NOT IN (SELECT id FROM {target})"), (name, column)
    for name, column in (("tblaccounts", "date"), ("tblactivitylog", "date"), ("tbltickets", "lastreply")):
        assert ask(f"SELECT MAX({column}) FROM {name}")[0][0] <= "2026-11-20 10:00:00", (name, column)


def test_a_host_that_has_clients_is_not_filled_again(host: Engine, now: datetime) -> None:
    with pytest.raises(ValueError, match="empty host"):
        world.fill(host, 10, now=now)


def test_ids_of_deleted_rows_are_never_used_again_on_sqlite(now: datetime) -> None:
    engine = filled(30, now)
    with engine.begin() as connection:
        last = connection.execute(text("SELECT MAX(id) FROM tblclients")).scalar_one()
        connection.execute(text("DELETE FROM tblclients WHERE id = :id"), {"id": last})
        new = connection.execute(tables.tblclients.insert(), {"email": "new@example.jp"}).inserted_primary_key
    assert new is not None
    assert new[0] == last + 1


def test_two_thousand_clients_take_seconds(now: datetime) -> None:
    started = datetime.now(UTC)
    filled(2000, now)
    # Six seconds on the desk; the bound is for machines that are busy.
    assert (datetime.now(UTC) - started).total_seconds() < 30
