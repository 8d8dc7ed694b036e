"""Which key of stored data names which sort of value: what hosts, gateways and registrars call a person's things."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kigen.policy.sorts import Sort

_TABLE: Mapping[Sort, str] = {
    Sort.NAME: """firstname lastname fullname givenname familyname surname forename middlename nickname
        contactname clientname customername ownername cardname cardholder cardholdername holdername
        registrantname payername buyername recipientname billingname shippingname displayname realname
        username2 firstnamekana lastnamekana namekana sei mei seikana meikana 氏名 名前 姓 名 フリガナ ふりがな
        担当者""",
    Sort.COMPANY: """company companyname organisation organization organizationname orgname org corporation
        会社名 法人名""",
    Sort.ADDRESS: """address addr street streetaddress addressline line1 line2 line3 fulladdress postaladdress
        billingaddress 住所""",
    Sort.CITY: "city town locality suburb 市区町村",
    Sort.REGION: "province prefecture stateprovince statecode fullstate county administrativearea 都道府県",
    Sort.POSTCODE: "postcode postalcode zip zipcode postal 郵便番号",
    Sort.COUNTRY: "country countrycode countryname 国",
    Sort.PHONE: """phone phonenumber phonenumberformatted telephone tel telno mobile mobilephone cellphone fax
        faxnumber phonecc telephonenumber 電話番号 電話 携帯""",
    Sort.EMAIL: """email emailaddress mail mailaddress contactemail billingemail replyto ccemail bccemail
        メール メールアドレス""",
    Sort.IP: "ip ipaddress ipaddr remoteip remoteaddr clientip userip lastip loginip ipv4 ipv6 ips xforwardedfor",
    Sort.HOSTNAME: "hostname rdns lasthost",
    Sort.USERNAME: "username login loginname screenname",
    Sort.BIRTHDAY: "birthday birthdate dateofbirth dob 生年月日",
    Sort.TAX_ID: "taxid vat vatnumber vatid taxnumber companyvat companynumber taxidnumber ssn mynumber",
    Sort.BANK_ACCOUNT: """bankaccount accountnumber bankacct iban bic swift sortcode routingnumber bankcode
        bankname 口座番号""",
    Sort.CARD: """cardnumber cardnum ccnumber ccnum cardlastfour cardlast4 last4 lastfour cvv cvc cvv2
        cardexpiry expdate""",
    Sort.SECRET: """password passwd pass pw pwd passphrase newpassword oldpassword passwordhash secret
        clientsecret privatekey secretkey sharedsecret securityquestion securityanswer securityqans answer
        twofasecret authdata""",
    Sort.TOKEN: """token accesstoken refreshtoken apikey apitoken apisecret sessionid session sid cookie
        authorization csrftoken rememberme remembertoken resetkey resettoken hash authcode eppcode transfercode
        gatewayid remotetoken billingcid paymentmethodid customertoken""",
    Sort.IDENTIFIER: """documentnr documentnumber passport passportnumber drivinglicence licensenumber idnumber
        nationalid""",
    Sort.USER_AGENT: "useragent httpuseragent browser fingerprint devicefingerprint",
    Sort.URL: "website homepage",
}

KEYS: Mapping[str, Sort] = {name: sort for sort, names in _TABLE.items() for name in names.split()}
"""Sort by key in lower case without blanks and signs. A gateway's own keys can be added to it."""

# These say what somebody is only behind the word for somebody: a bare "state" is mostly "active".
_AFTER_A_ROLE: Mapping[str, Sort] = {
    "name": Sort.NAME, "state": Sort.REGION, "region": Sort.REGION, "number": Sort.IDENTIFIER, "contact": Sort.NAME,
    "url": Sort.URL,
}  # fmt: skip
_ROLES = tuple("""
    accountholder account admin administrative address billing buyer cardholder card client contact customer delivery
    domaincontact first last member owner payer payee person primary recipient registrant reseller sender shipping
    signup subscriber tech technical user
""".split())  # fmt: skip

_INHERITED = frozenset(Sort) - {Sort.HOSTNAME, Sort.URL, Sort.COMPANY, Sort.USERNAME}


def sort_of_key(key: str, keys: Mapping[str, Sort] = KEYS) -> Sort | None:
    """The sort of what stands under a key, None where the key does not tell.

    `billing_email`, `BillingEmail`, `billing[email]`, `email2` and a property `\\0*\\0email` of a PHP object are one.
    """
    # A protected or private property carries its class between two zero bytes.
    name = re.sub(r"[\W_]+", "", key.rpartition("\0")[2].casefold())
    if name in keys:
        return keys[name]
    name = name.rstrip("0123456789")
    if name in keys:
        return keys[name]
    for role in _ROLES:
        rest = name.removeprefix(role)
        if rest != name and (sort := keys.get(rest) or _AFTER_A_ROLE.get(rest)):
            return sort
    return None


def below(parent: str | None, key: str, keys: Mapping[str, Sort] = KEYS) -> str:
    """The key that tells the sort of what stands under `key` within what stands under `parent`.

    All parts of a name, a password or an address are of its sort; a name within a contact is a contact's name.
    """
    if parent is None:
        return key
    if sort_of_key(parent, keys) in _INHERITED:
        return parent
    joined = f"{parent} {key}"
    return joined if sort_of_key(key, keys) is None and sort_of_key(joined, keys) else key
