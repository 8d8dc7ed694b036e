"""What WHMCS holds about money: invoices, payments, credit, quotes and stored ways to pay."""

from __future__ import annotations

from kigen.policy.datamap import Link
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

MONEY = (
    table(
        "tblaccounts", Category.BILLING, Fate.STAYS_MASKED,
        """
        subject: description
        identifier: transid
        reference: id userid invoiceid refundid
        amount: currency amountin fees amountout rate
        goods: gateway
        date: date
        """,
        Link("userid", "client"),
        Link("invoiceid", "invoice", unless="userid", is_alone=False),
    ),
    table(
        "tblinvoiceitems", Category.BILLING, Fate.STAYS_MASKED,
        """
        subject: description
        free-text: notes        | withheld notes
        reference: id invoiceid userid relid
        goods: type paymentmethod
        amount: amount taxed
        date: duedate
        """,
        Link("invoiceid", "invoice"),
    ),
    table(
        # The client's data as they were at the invoice: under a floor they live in the frozen document alone.
        "tblinvoicedata", Category.BILLING, Fate.GOES,
        """
        json: data
        reference: id invoice_id
        """,
        Link("invoice_id", "invoice"),
    ),
    table(
        "tblinvoices", Category.BILLING, Fate.STAYS_MASKED,
        """
        free-text: notes
        reference: id userid invoicenum paymethodid
        goods: paymentmethod
        amount: subtotal credit tax tax2 total taxrate taxrate2
        state: status
        date: date duedate datepaid last_capture_attempt date_refunded date_cancelled created_at updated_at
        """,
        Link("userid", "client"),
        holds="invoice",
    ),
    table(
        "tblcredit", Category.BILLING, Fate.STAYS_MASKED,
        """
        subject: description
        reference: id clientid relid
        by-staff: admin_id
        amount: amount
        date: date
        """,
        Link("clientid", "client"),
    ),
    table(
        "tblquoteitems", Category.ACCOUNT, Fate.STAYS_MASKED,
        """
        subject: description    | for contract billing law
        reference: id quoteid
        amount: quantity unitprice discount taxable
        """,
        Link("quoteid", "quote"),
    ),
    table(
        "tblquotes", Category.ACCOUNT, Fate.STAYS_MASKED,
        """
        name: firstname lastname            | for contract billing law
        company: companyname                | for contract billing law
        email: email                        | for contract billing law
        address: address1 address2          | for contract billing law
        city: city                          | for contract billing law
        region: state                       | for contract billing law
        postcode: postcode                  | for contract billing law
        country: country                    | for contract billing law
        phone: phonenumber
        tax-id: tax_id                      | for contract billing law
        subject: subject                    | for contract billing law
        free-text: proposal customernotes   | for contract billing law
        free-text: adminnotes               | withheld notes
        reference: id userid
        amount: currency subtotal total
        state: stage
        date: validuntil datecreated lastmodified datesent dateaccepted
        """,
        Link("userid", "client"),
        holds="quote",
    ),
    table(
        "tblcreditcards", Category.BILLING, Fate.GOES,
        """
        card: last_four expiry_date | for billing
        secret: card_data           | for billing
        reference: id pay_method_id
        goods: card_type
        date: created_at updated_at deleted_at
        """,
        Link("pay_method_id", "paymethod"),
    ),
    table(
        "tblbankaccts", Category.BILLING, Fate.GOES,
        """
        bank-account: bank_name acct_type   | for billing
        secret: bank_data                   | for billing
        reference: id pay_method_id
        date: created_at updated_at deleted_at
        """,
        Link("pay_method_id", "paymethod"),
    ),
    table(
        "tblpaymethods", Category.BILLING, Fate.GOES,
        """
        subject: description    | for billing
        reference: id userid contact_id payment_id
        goods: contact_type payment_type gateway_name
        choice: order_preference
        date: created_at updated_at deleted_at
        """,
        Link("userid", "client"),
        holds="paymethod",
    ),
)  # fmt: skip
"""Amounts, dates, numbers and tax stay in the rows that a floor keeps; a stored way to pay bills nothing and goes."""
