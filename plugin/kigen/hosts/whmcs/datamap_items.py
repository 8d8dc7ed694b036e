"""What WHMCS holds about what a client bought: orders, services, add-ons, domains and the values of custom fields."""

from __future__ import annotations

from kigen.policy.datamap import Link
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

ITEMS = (
    table(
        "tblcustomfieldsvalues", Category.OTHER, Fate.GOES,
        """
        free-text: value        | for contract support
        reference: id fieldid relid
        date: created_at updated_at
        """,
        Link("relid", "addon", field="addon"),
        Link("relid", "service", field="product"),
        Link("relid", "domain", field="domain"),
        Link("relid", "ticket", field="support"),
        Link("relid", "client", field="client"),
    ),
    table(
        "tblcustomfields", Category.OTHER, Fate.NOBODY,
        "configuration: id type relid fieldname fieldtype adminonly required",
    ),
    table(
        "tblhostingaddons", Category.ACCOUNT, Fate.STAYS_MASKED,
        """
        free-text: notes        | withheld notes
        reference: id orderid hostingid addonid userid
        goods: name
        state: status
        date: regdate nextduedate termination_date
        """,
        Link("hostingid", "service"), Link("userid", "client"),
        holds="addon",
    ),
    table(
        "tblcancelrequests", Category.ACCOUNT, Fate.GOES,
        """
        free-text: reason       | for contract support
        reference: id relid
        choice: type
        date: date created_at updated_at
        """,
        Link("relid", "service"),
    ),
    table(
        "tblhosting", Category.ACCOUNT, Fate.STAYS_MASKED,
        """
        hostname: domain        | for contract support registration
        hostname: ns1 ns2       | in technical
        username: username
        secret: password
        ip: dedicatedip assignedips | in technical
        identifier: subscriptionid  | in billing
        free-text: notes        | withheld notes
        free-text: suspendreason
        reference: id userid orderid packageid server promoid
        goods: billingcycle paymentmethod qty
        amount: firstpaymentamount amount
        state: domainstatus
        date: regdate nextduedate nextinvoicedate termination_date lastupdate created_at updated_at
        choice: overidesuspenduntil
        """,
        Link("userid", "client"),
        holds="service",
    ),
    table(
        "tbldomains", Category.DOMAIN, Fate.STAYS_MASKED,
        """
        hostname: domain        | for contract support registration
        identifier: subscriptionid  | in billing
        free-text: additionalnotes  | withheld notes
        reference: id userid orderid promoid
        goods: type registrar registrationperiod paymentmethod
        amount: firstpaymentamount recurringamount
        state: status
        choice: donotrenew idprotection dnsmanagement emailforwarding
        date: registrationdate expirydate nextduedate nextinvoicedate created_at updated_at
        """,
        Link("userid", "client"),
        holds="domain",
    ),
    table(
        "tblorders", Category.ACCOUNT, Fate.STAYS_MASKED,
        """
        ip: ipaddress           | in fraud
        json: fraudoutput       | in fraud | withheld fraud
        hostname: nameservers   | in domain
        secret: transfersecret  | in domain
        serialized: orderdata
        free-text: notes        | withheld notes
        reference: id ordernum userid contactid requestor_id invoiceid
        by-staff: admin_requestor_id
        goods: promocode renewals paymentmethod
        amount: amount
        state: status
        configuration: fraudmodule
        date: date
        """,
        Link("userid", "client"),
        holds="order",
    ),
)  # fmt: skip
"""A cancellation request and a custom field bill nothing, so they go even where a floor keeps their service."""
