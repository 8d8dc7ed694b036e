"""Which tables and columns a WHMCS installation is known to have, and which of them may identify a person.

The first words of a table are personal, those after the bar are not. Free text, and whatever a module writes, counts as
personal: nobody can say what is in it. Links to a client or user are no more personal than the row that they lead to.
"""

from __future__ import annotations

from kigen.hosts.port import Column

_ADDRESS = "email address1 address2 city state postcode country phonenumber tax_id"

_TABLES: dict[str, str] = {
    "tblclients": f"uuid firstname lastname companyname {_ADDRESS} notes ip host | id currency defaultgateway credit"
    " billingcid groupid status language emailoptout marketing_emails_opt_in overrideautoclose allow_sso datecreated"
    " lastlogin created_at updated_at taxexempt latefeeoveride overideduenotices separateinvoices disableautocc",
    "tblusers": "first_name last_name email password second_factor second_factor_config remember_token reset_token"
    " last_ip last_hostname | id language reset_token_expiry last_login email_verified_at created_at updated_at",
    "tblusers_clients": "| id auth_user_id client_id invite_id owner permissions last_login created_at updated_at",
    "tblcontacts": f"firstname lastname companyname {_ADDRESS} | id userid domainemails generalemails invoiceemails"
    " productemails supportemails affiliateemails created_at updated_at",
    "tblorders": "nameservers transfersecret orderdata ipaddress fraudoutput notes | id ordernum userid contactid"
    " requestor_id admin_requestor_id date promocode amount paymentmethod invoiceid status fraudmodule",
    "tblorderstatuses": "| id title color showpending showactive showcancelled sortorder",
    "tblinvoices": "notes | id userid invoicenum date duedate datepaid last_capture_attempt date_refunded"
    " date_cancelled subtotal credit tax tax2 total taxrate taxrate2 status paymentmethod paymethodid created_at"
    " updated_at",
    "tblinvoiceitems": "description notes | id invoiceid userid type relid amount taxed duedate paymentmethod",
    "tblinvoicedata": "data | id invoice_id",
    "tblaccounts": "description transid | id userid currency gateway date amountin fees amountout rate invoiceid"
    " refundid",
    "tblhosting": "domain username password notes subscriptionid suspendreason dedicatedip assignedips | id userid"
    " orderid packageid server regdate paymentmethod firstpaymentamount amount billingcycle nextduedate"
    " nextinvoicedate termination_date domainstatus promoid ns1 ns2 lastupdate created_at updated_at qty"
    " overidesuspenduntil",
    "tblhostingaddons": "notes | id orderid hostingid addonid userid name status regdate nextduedate termination_date",
    "tbldomains": "domain additionalnotes subscriptionid | id userid orderid type registrationdate firstpaymentamount"
    " recurringamount registrar registrationperiod expirydate promoid status nextduedate nextinvoicedate"
    " paymentmethod donotrenew idprotection created_at updated_at",
    "tbltickets": "name email cc c ipaddress title message attachment service | id tid did userid contactid"
    " requestor_id date status urgency admin attachments_removed lastreply flag merged_ticket_id",
    "tblticketreplies": "name email message attachment | id tid userid contactid requestor_id date admin"
    " attachments_removed",
    "tblticketnotes": "message attachments | id ticketid admin date",
    "tblticketlog": "action | id date tid",
    "tblticketstatuses": "| id title color sortorder showactive showawaiting autoclose",
    "tblactivitylog": "description user ipaddr | id date userid user_id admin_id",
    "tblemails": "subject message to cc bcc attachments | id userid date pending failed created_at updated_at",
    "tblcancelrequests": "reason | id date relid type created_at updated_at",
    "tblaffiliates": "| id date clientid visitors paytype payamount onetime balance withdrawn created_at updated_at",
    "tblaffiliatesaccounts": "| id affiliateid relid lastpaid",
    "tblaffiliatespending": "| id affaccid invoice_id amount clearingdate",
    "tblaffiliateshistory": "description | id affiliateid date affaccid invoice_id amount",
    "tblaffiliateswithdrawals": "| id affiliateid date amount",
    "tblaffiliateshits": "| id affiliateid",
    "tblcustomfields": "| id type relid fieldname fieldtype adminonly required",
    "tblcustomfieldsvalues": "value | id fieldid relid created_at updated_at",
    "tblcredit": "description | id clientid admin_id date amount relid",
    "tblquotes": f"subject firstname lastname companyname {_ADDRESS} proposal customernotes adminnotes | id stage"
    " validuntil userid currency subtotal total datecreated lastmodified datesent dateaccepted",
    "tblquoteitems": "description | id quoteid quantity unitprice discount taxable",
    "tblnotes": "note | id userid adminid created modified sticky",
    "tblclientsfiles": "title filename | id userid adminonly dateadded",
    "tblmarketing_consent": "ip_address | id userid opt_in admin created_at updated_at",
    "tblpaymethods": "description | id userid contact_id contact_type payment_id payment_type gateway_name"
    " order_preference created_at updated_at deleted_at",
    "tblcreditcards": "last_four expiry_date card_data | id pay_method_id card_type created_at updated_at deleted_at",
    "tblbankaccts": "bank_name acct_type bank_data | id pay_method_id created_at updated_at deleted_at",
    "tblmodulelog": "request response arrdata | id date module action",
    "tblgatewaylog": "data | id date gateway result",
    "tblconfiguration": "| id setting value created_at updated_at",
    "tbladdonmodules": "| id module setting value",
}

NOT_OF_CLIENTS = frozenset({"tbladmins", "tbladminlog", "tbladminroles"})
"""Tables about staff: never read, never written, and no finding."""


def _columns(name: str, written: str) -> tuple[Column, ...]:
    personal, _, other = written.partition("|")
    words = (*((word, True) for word in personal.split()), *((word, False) for word in other.split()))
    return tuple(Column(name, word, is_personal) for word, is_personal in words)


TABLES: dict[str, tuple[Column, ...]] = {name: _columns(name, written) for name, written in _TABLES.items()}

KNOWN = frozenset(f"{column.table}.{column.name}" for columns in TABLES.values() for column in columns)
"""`table.column` of everything in the map."""
