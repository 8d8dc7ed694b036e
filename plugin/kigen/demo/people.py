"""How a client comes to be: the client, the user who signs in, contacts, answers to custom fields, consent, cards."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from kigen.demo.book import Book, Row
from kigen.demo.catalogue import GATEWAYS
from kigen.demo.lives import Life
from kigen.demo.names import Names, Person, ip
from kigen.demo.story import Story
from kigen.demo.times import add_months, between


def register(
    book: Book, rng: Random, now: datetime, life: Life, names: Names, born: datetime, left: datetime | None,
    user: Row | None, fields: dict[str, Row],
) -> Story:  # fmt: skip
    """A new client; `user` is somebody who has another client already and owns this one too."""
    person = names.person(rng)
    gateway = rng.choice(GATEWAYS[person.country.currency])
    wants_mail = rng.random() < 0.3
    address = ip(rng)
    client = book.add(
        "tblclients", born, uuid=str(UUID(int=rng.getrandbits(128), version=4)),
        firstname=person.first, lastname=person.last, companyname=person.company, email=person.email,
        address1=person.address, city=person.city, state=person.state, postcode=person.postcode,
        country=person.country.code, phonenumber=person.phone,
        tax_id=f"{person.country.code}{rng.randrange(10**9):09d}" if person.company else "",
        currency=person.country.currency, defaultgateway=gateway, credit=0, notes="", status="Active",
        language=person.country.language, emailoptout=0, marketing_emails_opt_in=int(wants_mail), datecreated=born,
        lastlogin=None, ip=address, host=address, created_at=born, updated_at=born,
    )  # fmt: skip
    owner = user or _user(book, born, person, address)
    _link(book, born, owner, client, owner_of_it=True)
    story = Story(book, rng, now, life, person, born, left, client, owner, fields)
    story.log(born, "New client registered - Client ID: {}", client)
    book.add(
        "tblmarketing_consent", born, userid=client, opt_in=int(wants_mail), ip_address=address,
        created_at=born, updated_at=born,
    )  # fmt: skip
    answers = {"reading": person.reading, "heard of us": rng.choice(("Search", "検索", "Friend", "")), "birthday": ""}
    for name, value in answers.items():
        if value:
            book.add(
                "tblcustomfieldsvalues", born, fieldid=fields[name], relid=client, value=value,
                created_at=born, updated_at=born,
            )  # fmt: skip
    return story


def surround(story: Story, names: Names) -> None:
    """Contacts, invited users, a stored card, files and staff notes, as some clients have them."""
    book, rng, last = story.book, story.rng, story.left or story.now
    if story.perhaps(0.18):
        other, at = names.person(rng), between(rng, story.born, last)
        contact = book.add(
            "tblcontacts", at, userid=story.client, firstname=other.first, lastname=other.last,
            companyname=story.person.company, email=f"{names.unique('office')}@{story.home}",
            address1=story.person.address, city=story.person.city, country=story.person.country.code,
            phonenumber=other.phone, invoiceemails=1, created_at=at, updated_at=at,
        )  # fmt: skip
        story.log(at, "Contact added - Contact ID: {}", contact)
    if story.perhaps(0.06):
        at = between(rng, story.born, last)
        _link(book, at, _user(book, at, names.person(rng), ip(rng)), story.client, owner_of_it=False)
    if story.client["defaultgateway"] == "stripe" and story.life.products[1]:
        at = story.born + timedelta(minutes=20)
        method = book.add(
            "tblpaymethods", at, userid=story.client, description="Card", payment_type="RemoteCreditCard",
            gateway_name="stripe", created_at=at, updated_at=at, deleted_at=story.left,
        )  # fmt: skip
        book.add(
            "tblcreditcards", at, pay_method_id=method, card_type="Visa", last_four=f"{rng.randrange(10000):04d}",
            expiry_date=add_months(last, rng.randint(-6, 40)), created_at=at, updated_at=at,
        )  # fmt: skip
    if story.perhaps(0.03):
        at = between(rng, story.born, last)
        title = rng.choice(("申込書", "Signed order form", "本人確認書類"))
        book.add("tblclientsfiles", at, userid=story.client, title=title, filename=f"{rng.getrandbits(40):x}_scan.pdf",
                 adminonly=1, dateadded=at)  # fmt: skip
    if story.perhaps(0.08):
        at = between(rng, story.born, last)
        note = rng.choice(("請求書は郵送希望", "Prefers to be called after 14:00", "Invoices: ask for accounting"))
        book.add("tblnotes", at, userid=story.client, adminid=1, created=at, modified=at, note=note)


def _user(book: Book, at: datetime, person: Person, address: str) -> Row:
    return book.add(
        "tblusers", at, first_name=person.first, last_name=person.last, email=person.email,
        password="$2y$10$demodemodemodemodemodemo",  # noqa: S106 - no password hashes to this
        language=person.country.language, last_ip=address, last_hostname=address, last_login=None,
        email_verified_at=at, created_at=at, updated_at=at,
    )  # fmt: skip


def _link(book: Book, at: datetime, user: Row, client: Row, *, owner_of_it: bool) -> Row:
    return book.add(
        "tblusers_clients", at, auth_user_id=user, client_id=client, owner=int(owner_of_it),
        invite_id=0 if owner_of_it else 1, permissions=None if owner_of_it else "invoices,tickets",
        last_login=None, created_at=at, updated_at=at,
    )  # fmt: skip
