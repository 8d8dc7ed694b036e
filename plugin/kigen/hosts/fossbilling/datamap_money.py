"""What FOSSBilling holds about money: invoices with the buyer as issued, transactions, balances and agreements."""

from __future__ import annotations

from kigen.hosts.fossbilling.datamap_items import TIMES
from kigen.policy.datamap import Link
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

MONEY = (
    table(
        # The whole message of the payment service is in it: names, addresses, cards. It names no client.
        "transaction", Category.BILLING, Fate.STAYS_MASKED,
        f"""
        identifier: txn_id s_id
        ip: ip                  | for billing security fraud
        json: ipn
        token: ipn_hash
        free-text: output error
        subject: note
        reference: id gateway_id invoice_id
        amount: amount currency
        goods: type s_period
        state: status txn_status error_code validate_ipn
        {TIMES}
        """,
        Link("invoice_id", "invoice"),
    ),
    table(
        "invoice_item", Category.BILLING, Fate.STAYS_MASKED,
        f"""
        subject: title
        reference: id invoice_id rel_id
        goods: type task period quantity unit
        amount: price charged taxed
        state: status
        {TIMES}
        """,
        Link("invoice_id", "invoice"),
    ),
    table(
        "invoice", Category.BILLING, Fate.STAYS_MASKED,
        f"""
        name: buyer_first_name buyer_last_name
        company: buyer_company
        tax-id: buyer_company_vat buyer_company_number
        address: buyer_address
        city: buyer_city
        region: buyer_state
        country: buyer_country  | kept tax
        postcode: buyer_zip
        phone: buyer_phone buyer_phone_cc
        email: buyer_email
        token: hash             | distinct
        free-text: notes text_1 text_2
        reference: id client_id serie nr gateway_id
        amount: base_income base_refund credit currency currency_rate refund taxname taxrate
        state: status approved
        configuration: seller_address seller_company seller_company_number seller_company_vat seller_email seller_phone
        date: due_at hash_expires_at paid_at reminded_at
        {TIMES}
        """,
        Link("client_id", "client"),
        holds="invoice",
    ),
    table(
        "client_balance", Category.BILLING, Fate.STAYS_MASKED,
        f"""
        subject: description
        reference: id client_id rel_id
        amount: amount
        goods: type
        {TIMES}
        """,
        Link("client_id", "client"),
    ),
    table(
        "promo_redemption", Category.BILLING, Fate.STAYS_MASKED,
        f"""
        reference: id client_id client_order_id invoice_id promo_id
        amount: currency discount_amount
        state: phase status release_reason
        date: committed_at released_at
        {TIMES}
        """,
        Link("client_id", "client"),
    ),
    table(
        "subscription", Category.BILLING, Fate.GOES,
        f"""
        identifier: sid         | for billing
        reference: id client_id pay_gateway_id rel_id rel_type
        goods: period
        amount: amount currency
        state: status
        {TIMES}
        """,
        Link("client_id", "client"),
    ),
)  # fmt: skip
"""Amounts, dates, numbers and tax stay in the rows that a floor keeps. A payment agreement bills nothing and goes."""
