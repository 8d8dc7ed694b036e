"""What WHMCS holds about people themselves: clients, users, contacts, notes about them, consents and partners."""

from __future__ import annotations

from kigen.policy.datamap import Link
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

PARTNERS = (
    table(
        "tblaffiliatespending", Category.BILLING, Fate.STAYS_MASKED,
        """
        reference: id affaccid invoice_id
        amount: amount
        date: clearingdate
        """,
        Link("affaccid", "referral"),
    ),
    table(
        "tblaffiliateshistory", Category.BILLING, Fate.STAYS_MASKED,
        """
        subject: description
        reference: id affiliateid affaccid invoice_id
        amount: amount
        date: date
        """,
        Link("affiliateid", "affiliate"),
    ),
    table(
        "tblaffiliateswithdrawals", Category.BILLING, Fate.STAYS_MASKED,
        """
        reference: id affiliateid
        amount: amount
        date: date
        """,
        Link("affiliateid", "affiliate"),
    ),
    table("tblaffiliateshits", Category.MARKETING, Fate.GOES, "reference: id affiliateid",
          Link("affiliateid", "affiliate")),
    table(
        "tblaffiliatesaccounts", Category.BILLING, Fate.STAYS_MASKED,
        """
        reference: id affiliateid relid
        date: lastpaid
        """,
        Link("affiliateid", "affiliate"),
        holds="referral",
    ),
    table(
        "tblaffiliates", Category.BILLING, Fate.STAYS_MASKED,
        """
        reference: id clientid
        count: visitors
        choice: paytype onetime
        amount: payamount balance withdrawn
        date: date created_at updated_at
        """,
        Link("clientid", "client"),
        holds="affiliate",
    ),
)  # fmt: skip

PEOPLE = (
    table(
        "tblnotes", Category.ACCOUNT, Fate.GOES,
        """
        free-text: note         | for contract support | withheld notes
        reference: id userid
        by-staff: adminid
        choice: sticky
        date: created modified
        """,
        Link("userid", "client"),
    ),
    table(
        "tblclientsfiles", Category.ACCOUNT, Fate.GOES,
        """
        subject: title filename | for contract support
        reference: id userid
        choice: adminonly
        date: dateadded
        """,
        Link("userid", "client"),
    ),
    table(
        "tblmarketing_consent", Category.MARKETING, Fate.GOES,
        """
        ip: ip_address
        reference: id userid
        choice: opt_in
        by-staff: admin
        date: created_at updated_at
        """,
        Link("userid", "client"),
    ),
    table(
        "tblcontacts", Category.ACCOUNT, Fate.GOES,
        """
        name: firstname lastname    | for contract billing support registration
        company: companyname        | for contract billing support registration
        email: email                | for contract billing support registration
        address: address1 address2  | for contract billing registration
        city: city                  | for contract billing registration
        region: state               | for contract billing registration
        postcode: postcode          | for contract billing registration
        country: country            | for contract billing registration
        phone: phonenumber          | for contract support registration
        tax-id: tax_id              | for billing registration
        reference: id userid
        choice: domainemails generalemails invoiceemails productemails supportemails affiliateemails
        date: created_at updated_at
        """,
        Link("userid", "client"),
    ),
    table(
        "tblusers_clients", Category.ACCOUNT, Fate.GOES,
        """
        reference: id auth_user_id client_id invite_id
        choice: owner permissions
        date: last_login created_at updated_at
        """,
        Link("client_id", "client"),
    ),
    table(
        "tblusers", Category.ACCOUNT, Fate.GOES,
        """
        name: first_name last_name  | for contract support
        email: email                | for contract support security | distinct
        secret: password second_factor second_factor_config | for contract security
        token: remember_token reset_token | for contract security
        ip: last_ip                 | in technical
        hostname: last_hostname     | in technical
        reference: id
        choice: language
        date: reset_token_expiry last_login email_verified_at created_at updated_at
        """,
        Link("id", "tblusers_clients", target="auth_user_id", is_shared=True),
        holds="user",
    ),
    table(
        "tblclients", Category.ACCOUNT, Fate.STAYS_MASKED,
        """
        name: firstname lastname    | for contract billing support registration law
        company: companyname        | for contract billing support registration law
        email: email                | for contract billing support registration marketing | distinct
        address: address1 address2  | for contract billing registration law
        city: city                  | for contract billing registration law
        region: state               | for contract billing registration law
        postcode: postcode          | for contract billing registration law
        country: country            | for contract billing registration law | kept tax
        phone: phonenumber          | for contract billing support registration
        tax-id: tax_id              | for billing law
        free-text: notes            | for contract support | withheld notes
        ip: ip                      | in technical | for security fraud
        hostname: host              | in technical | for security fraud
        reference: id uuid billingcid groupid
        amount: currency credit
        state: status
        goods: defaultgateway
        choice: language emailoptout marketing_emails_opt_in overrideautoclose allow_sso
        choice: taxexempt latefeeoveride overideduenotices separateinvoices disableautocc
        date: datecreated lastlogin created_at updated_at
        """,
        holds="client",
    ),
)  # fmt: skip
"""`uuid` is a number as `id` is, and by both an erased client is recognised when a restore brings it back."""
