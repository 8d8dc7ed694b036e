"""The oracle's reasons to keep, and what goes with what, against verdicts worked out by hand."""

from random import Random

from . import clock
from .generate import generate
from .judge import archived, judge, remaining
from .small import at, newcomer, order, payer, said


def test_a_foreign_item_keeps_the_order_and_its_client():
    world = order("Cancelled")
    world.add("tblhosting", userid=2, orderid=1, domainstatus="Terminated")
    assert said(world, "2026-01-01T10:00:00", "order") == (
        "keep",
        "order.delete-cancelled",
        at("2026-01-01T10:00:00"),
        {"foreign-item"},
    )
    assert said(world, "2026-01-01T10:00:00")[3] == {"foreign-item"}
    world.tables["tblhosting"][0]["domainstatus"] = "Suspended"
    assert said(world, "2026-01-01T10:00:00", "order")[3] == {"active-service"}


def test_a_custom_order_status_is_what_its_flag_says_and_unknown_without_one():
    world = order(" awaiting PAPERS ")
    assert said(world, "2026-01-01T00:00:00", "order") == ("keep", None, None, {"no-rule", "unknown-state"})
    assert said(world, "2026-01-01T00:00:00")[3] == {"unknown-state"}
    world.add("tblorderstatuses", title="Awaiting Papers", showpending=1)
    assert said(world, "2026-01-01T00:00:00", "order")[:2] == ("delete", "order.delete-pending")


def test_a_longer_contract_keeps_and_a_shorter_one_brings_forward():
    world = order("Fraud", "2023-01-01 10:00:00")  # 730 days end on 31 December 2024, 3 years on 1 January 2026
    contract = {"client": 1, "rule": "order.delete-fraud", "term": "3 years", "from": "2020-01-01", "until": None}
    world.contracts.append(contract)
    due = at("2026-01-01T10:00:00")
    assert said(world, "2024-12-31T09:59:59", "order") == ("keep", "order.delete-fraud", due, {"not-due", "contract"})
    assert said(world, "2024-12-31T10:00:00", "order") == ("keep", "order.delete-fraud", due, {"contract"})
    assert "contract" in said(world, "2025-12-31T10:00:00")[3]
    contract["term"] = "10 days"
    assert said(world, "2023-01-11T10:00:00", "order") == (
        "delete",
        "order.delete-fraud",
        at("2023-01-11T10:00:00"),
        set(),
    )
    contract["until"] = "2023-01-11"
    assert said(world, "2023-01-11T10:00:00", "order")[3] == {"not-due"}


def test_a_hold_on_a_service_keeps_its_order_and_client_until_it_ends():
    world = order("Cancelled")
    world.add("tblhosting", userid=1, orderid=1, domainstatus="Pending")
    world.holds.append(
        {"kind": "service", "id": 1, "placed": at("2025-06-01T00:00:00"), "until": at("2026-02-01T00:00:00")}
    )
    assert said(world, "2026-01-31T23:59:59", "order")[3] == said(world, "2026-01-31T23:59:59")[3] == {"hold"}
    assert said(world, "2026-02-01T00:00:00", "order")[0] == "delete"


def test_a_state_seen_to_change_settles_for_seven_days():
    world = order("Cancelled", "2019-01-01 00:00:00")
    world.state_changes["order", 1] = at("2026-01-01T08:00:00")
    assert said(world, "2026-01-08T07:59:59", "order")[3] == {"settling"}
    assert said(world, "2026-01-08T08:00:00", "order")[0] == "delete"


def test_the_last_change_is_the_termination_date_else_the_request_else_first_sight():
    world = newcomer()
    world.add("tblhosting", userid=1, domainstatus="Terminated", termination_date="2025-01-01")
    world.add("tblhosting", userid=1, domainstatus="Cancelled")
    world.add("tblhosting", userid=1, domainstatus="Cancelled")
    world.add("tblcancelrequests", relid=1, date="2025-06-01 00:00:00")
    world.add("tblcancelrequests", relid=2, date="2025-06-01 15:00:00")
    world.first_seen["service", 3] = at("2025-07-01T01:00:00")
    verdicts = judge(world, at("2025-12-01T00:00:00"))
    assert verdicts["service", 1].due == at("2026-01-02T00:00:00")
    assert verdicts["service", 2].due == at("2025-11-28T15:00:00")
    assert verdicts["service", 3].due == at("2025-12-28T01:00:00")


def test_a_pending_order_keeps_its_new_client_while_its_own_term_runs():
    world = order("Pending", "2025-09-01 10:00:00")
    assert said(world, "2026-02-28T09:59:59")[3] == {"pending-order"}
    assert said(world, "2026-02-28T10:00:00")[0] == "delete"


def test_an_unpaid_invoice_keeps_a_payer_but_a_new_client_only_until_it_is_due():
    world, new = payer("2010-01-01 00:00:00"), newcomer()
    for each in (world, new):
        each.add("tblinvoices", userid=1, status="Unpaid", duedate="2025-12-31")
    assert said(world, "2026-01-01T00:00:00")[3] == {"unpaid-invoice"}
    assert said(new, "2025-12-31T23:59:59")[3] == {"pending-order"}
    assert said(new, "2026-01-01T00:00:00")[0] == "delete"
    world.settings["unpaid_keeps_days"] = 30
    assert said(world, "2026-01-30T23:59:59")[0] == "keep"
    assert said(world, "2026-01-31T00:00:00")[0] == "delete"


def test_a_request_for_deletion_moves_with_a_sign_in_but_not_past_a_month_in_europe():
    world = payer("2010-01-01 00:00:00")
    world.settings["terms"]["client.delete-inactive"] = world.settings["terms"]["client.archive-inactive"] = ""
    world.requests.append({"client": 1, "right": "erasure", "received": at("2026-01-31T09:00:00"), "closed": None})
    assert said(world, "2026-02-10T00:00:00") == (
        "keep",
        "client.delete-on-request",
        at("2026-03-02T09:00:00"),
        {"not-due"},
    )
    world.tables["tblclients"][0]["lastlogin"] = "2026-02-05 10:00:00"
    assert said(world, "2026-02-10T00:00:00")[2] == at("2026-03-07T10:00:00")
    world.tables["tblclients"][0]["country"] = "NO"
    assert said(world, "2026-02-28T09:00:00") == (
        "delete",
        "client.delete-on-request",
        at("2026-02-28T09:00:00"),
        set(),
    )


def test_a_draft_with_a_live_estimate_stays():
    world = order("Draft")
    world.add("tblquotes", userid=1, stage="Accepted")
    world.add("tblquotes", userid=1, stage="Dead")
    assert said(world, "2025-02-01T10:00:00", "order")[3] == {"live-estimate"}
    world.tables["tblquotes"][0]["stage"] = "Lost"
    assert said(world, "2025-02-01T10:00:00", "order")[0] == "delete"


def test_a_deleted_client_takes_its_own_and_leaves_what_others_have():
    world = newcomer()
    world.add("tblclients", datecreated="2026-01-01")
    for kind in ("client", "product", "support"):
        field = world.add("tblcustomfields", type=kind)
        world.add("tblcustomfieldsvalues", fieldid=field["id"], relid=1)
    for number, clients in enumerate([(1,), (1, 2)], 1):
        world.add("tblusers", email=str(number))
        for client in clients:
            world.add("tblusers_clients", auth_user_id=number, client_id=client)
    world.add("tblhosting", userid=2, domainstatus="Active")
    verdicts = judge(world, at("2026-01-02T00:00:00"))
    left = remaining(world, verdicts)
    assert left["tblclients"] == {2}
    assert left["tblusers"] == {2}
    assert left["tblcustomfieldsvalues"] == {2, 3}
    assert left["tblhosting"] == {1}
    assert archived(world, verdicts) == set()


def test_a_deleted_order_takes_its_items_and_leaves_its_invoice():
    world = order("Cancelled", "2019-01-01 00:00:00", invoiceid=1)
    world.add("tblinvoices", userid=1, status="Unpaid")
    world.add("tblhosting", userid=1, orderid=1, domainstatus="Pending")
    world.add("tblhostingaddons", hostingid=1, status="Pending")
    world.add("tblcancelrequests", relid=1)
    left = remaining(world, judge(world, at("2025-09-01T00:00:00")))
    assert (left["tblorders"], left["tblhosting"], left["tblhostingaddons"], left["tblcancelrequests"]) == (
        set(),
        set(),
        set(),
        set(),
    )
    assert (left["tblclients"], left["tblinvoices"]) == ({1}, {1})


def test_a_generated_world_is_the_same_again_and_meets_every_rule():
    now = at("2026-02-28T10:00:00")
    world = generate(Random(5), 400, now)
    assert world == generate(Random(5), 400, now)
    verdicts = judge(world, now)
    acted = {verdict.rule for verdict in verdicts.values() if verdict.action != "keep"}
    on = {rule for rule, term in world.settings["terms"].items() if clock.is_term(term)}
    assert len(on - acted) <= 2
    assert any(verdict.due == now for verdict in verdicts.values())
