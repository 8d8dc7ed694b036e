"""What WHMCS holds about conversations and what happened: tickets, mails, the activity log and the raw logs."""

from __future__ import annotations

from kigen.policy.datamap import Link
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

SUPPORT = (
    table(
        "tblticketreplies", Category.SUPPORT, Fate.GOES,
        """
        name: name
        email: email
        free-text: message
        subject: attachment
        reference: id tid userid contactid requestor_id
        by-staff: admin
        state: attachments_removed
        date: date
        """,
        Link("tid", "ticket"),
    ),
    table(
        "tblticketnotes", Category.SUPPORT, Fate.GOES,
        """
        free-text: message      | withheld notes
        subject: attachments    | withheld notes
        reference: id ticketid
        by-staff: admin
        date: date
        """,
        Link("ticketid", "ticket"),
    ),
    table(
        "tblticketlog", Category.SUPPORT, Fate.GOES,
        """
        free-text: action
        reference: id tid
        date: date
        """,
        Link("tid", "ticket"),
    ),
    table(
        # A ticket of a guest names no client: it is found by the address and the name in it, as a quote to a prospect.
        "tbltickets", Category.SUPPORT, Fate.GOES,
        """
        name: name
        email: email
        email: cc               | withheld others
        token: c
        ip: ipaddress           | in technical
        subject: title attachment
        free-text: message
        reference: id tid did userid contactid requestor_id service merged_ticket_id
        by-staff: admin flag
        state: status urgency attachments_removed
        date: date lastreply
        """,
        Link("userid", "client"),
        holds="ticket",
    ),
    table(
        "tblemails", Category.SUPPORT, Fate.GOES,
        """
        subject: subject attachments    | for contract billing support
        free-text: message message_data failure_reason  | for contract billing support
        email: to                       | for contract billing support
        email: cc bcc                   | for contract billing support | withheld others
        reference: id userid campaign_id
        state: pending failed retry_count
        date: date created_at updated_at
        """,
        Link("userid", "client"),
    ),
    table(
        "tblactivitylog", Category.TECHNICAL, Fate.GOES,
        """
        free-text: description
        username: user
        ip: ipaddr
        reference: id userid user_id
        by-staff: admin_id
        date: date
        """,
        Link("userid", "client"),
    ),
    table(
        "tblmodulelog", Category.TECHNICAL, Fate.MASKED,
        """
        free-text: request response arrdata | withheld others
        reference: id
        configuration: module action
        date: date
        """,
    ),
    table(
        "tblgatewaylog", Category.BILLING, Fate.MASKED,
        """
        free-text: data         | for billing security | withheld others
        reference: id
        configuration: gateway
        state: result
        date: date
        """,
    ),
)  # fmt: skip
"""The module log and the gateway log name no record: what is a person's in them is found by searching for it."""
