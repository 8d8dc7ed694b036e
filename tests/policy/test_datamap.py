"""How a data map is written, and what it answers: paths to the client, what goes along, what a purpose needs."""

from __future__ import annotations

import re

import pytest

from kigen.policy.answers import Answer, with_answers
from kigen.policy.datamap import DataMap, Link
from kigen.policy.fates import FATES, Fate, Kept, Plain, Treatment, Withheld
from kigen.policy.notation import table
from kigen.policy.records import Kind
from kigen.policy.sorts import Sort
from kigen.policy.vocabulary import BASIS, RECIPIENTS, USUAL, Category, LegalBasis, Purpose, Recipient, Role, Word

WORDS: tuple[type[Word], ...] = (
    Category, Purpose, LegalBasis, Role, Recipient, Sort, Treatment, Fate, Plain, Kept, Withheld,
)  # fmt: skip

CLIENTS = table(
    "clients", Category.ACCOUNT, Fate.STAYS_MASKED,
    """
    name: first last        | for contract billing law
    email: email            | for contract billing marketing | distinct
    country: country        | for billing law | kept tax
    ip: ip                  | in technical
    secret: password
    free-text: f1..3        | withheld notes
    reference: id
    """,
    holds="client",
)  # fmt: skip
LINKS = table("links", Category.ACCOUNT, Fate.GOES, "reference: user client", Link("client", "client"))
USERS = table(
    "users", Category.ACCOUNT, Fate.GOES, "name: name\nreference: id",
    Link("id", "links", target="user", is_shared=True), holds="user",
)  # fmt: skip
TICKETS = table(
    "tickets", Category.SUPPORT, Fate.GOES, "reference: id client", Link("client", "client"), holds="ticket"
)
REPLIES = table("replies", Category.SUPPORT, Fate.GOES, "free-text: text\nreference: ticket", Link("ticket", "ticket"))
LOG = table("log", Category.TECHNICAL, Fate.MASKED, "free-text: line")
MAP = DataMap("small", (REPLIES, TICKETS, LINKS, USERS, CLIENTS, LOG))


def test_a_line_gives_its_columns_what_is_usual_for_the_category() -> None:
    password = CLIENTS.fields["password"]
    assert (password.sort, password.category, password.role) == (Sort.SECRET, Category.ACCOUNT, Role.CONTROLLER)
    assert password.purposes == (Purpose.CONTRACT,)
    assert password.withheld is Withheld.SECRET, "What protects the account is never handed out."


def test_what_stands_after_the_bar_is_what_is_not_usual() -> None:
    first, ip, country = CLIENTS.fields["first"], CLIENTS.fields["ip"], CLIENTS.fields["country"]
    assert first.purposes == (Purpose.CONTRACT, Purpose.BILLING, Purpose.LAW)
    assert first.bases == (LegalBasis.CONTRACT, LegalBasis.LEGAL_OBLIGATION)
    assert first.recipients == (Recipient.PAYMENT, Recipient.AUTHORITY)
    assert (ip.category, ip.purposes, ip.bases) == (
        Category.TECHNICAL, (Purpose.SECURITY,), (LegalBasis.LEGITIMATE_INTEREST,)
    )  # fmt: skip
    assert (country.treatment, country.kept) == (Treatment.KEEP, Kept.TAX)
    assert [one.name for one in CLIENTS.personal if one.is_distinct] == ["email"]


def test_numbered_columns_are_written_as_a_run() -> None:
    assert [name for name in CLIENTS.fields if name.startswith("f") and name != "first"] == ["f1", "f2", "f3"]
    assert CLIENTS.fields["f3"].withheld is Withheld.NOTES


def test_a_column_that_says_nothing_about_who_has_no_purpose_and_no_mask() -> None:
    number = CLIENTS.fields["id"]
    assert (number.is_personal, number.plain, number.purposes) == (False, Plain.REFERENCE, ())
    assert number.treatment is Treatment.NONE
    assert [one.name for one in CLIENTS.masked] == ["first", "last", "email", "ip", "password", "f1", "f2", "f3"]


def test_what_is_about_staff_is_kept_without_saying_so() -> None:
    admins = table("admins", Category.OTHER, Fate.STAFF, "email: email")
    assert (admins.fields["email"].kept, admins.masked) == (Kept.STAFF, ())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("name first", "expected 'sort: columns"),
        ("nickname: first", "nickname"),
        ("name: first | to contract", "'to contract' is none of"),
        ("name: first | for", "'for' is none of"),
        ("name: first | for fun", "fun"),
        ("name: first | in support billing", "'in support billing' is none of"),
        ("name: first | kept because", "because"),
        ("name: first | distinct often", "'distinct often' is none of"),
        ("reference: id | for contract", "reference says nothing about who"),
        ("name: first\nemail: first", "first stands in two lines"),
    ],
)
def test_a_table_that_is_not_written_so_is_refused_with_the_line(line: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"^people: ") as refused:
        table("people", Category.ACCOUNT, Fate.GOES, line)
    assert told in str(refused.value)


def test_a_path_leads_over_every_table_to_the_client() -> None:
    assert MAP.paths("clients") == [()]
    assert MAP.paths("replies") == [(("replies", Link("ticket", "ticket")), ("tickets", Link("client", "client")))]
    assert [[name for name, _ in path] for path in MAP.paths("users")] == [["users", "links"]]
    assert MAP.paths("log") == [], "A log names no record."


def test_what_hangs_on_a_record_goes_along_and_nothing_else_does() -> None:
    assert MAP.along("ticket") == {"tickets", "replies"}
    assert MAP.along("client") == {"clients", "tickets", "replies", "links", "users"}
    stays = table(
        "payments", Category.BILLING, Fate.GOES, "reference: ticket", Link("ticket", "ticket", is_alone=False)
    )
    assert DataMap("x", (stays, TICKETS, CLIENTS)).along("ticket") == {"tickets"}


def test_the_rules_of_its_record_decide_about_a_row() -> None:
    assert (MAP.kinds_of("replies"), MAP.kinds_of("users")) == ((Kind.TICKET,), (Kind.CLIENT,))
    assert MAP.kinds_of("log") == ()


def test_a_table_tells_what_happens_with_and_without_a_floor() -> None:
    assert [CLIENTS.treatment(is_floored) for is_floored in (False, True)] == [Treatment.DELETE, Treatment.MASK]
    assert [TICKETS.treatment(is_floored) for is_floored in (False, True)] == [Treatment.DELETE, Treatment.DELETE]
    assert [LOG.treatment(is_floored) for is_floored in (False, True)] == [Treatment.MASK, Treatment.MASK]
    assert set(FATES) == set(Fate)


def test_a_purpose_that_ends_leaves_what_another_one_needs() -> None:
    email, ip = CLIENTS.fields["email"], CLIENTS.fields["ip"]
    assert email.is_needed_for([Purpose.CONTRACT]), "Consent is withdrawn, and the contract still needs the address."
    assert not ip.is_needed_for([Purpose.CONTRACT, Purpose.BILLING])
    assert not email.is_needed_for([])


def test_the_operators_answers_complete_the_map() -> None:
    complete = with_answers(MAP, [
        Answer("clients.pet", Treatment.MASK, "id"), Answer("clients.shoe", Treatment.NONE),
        Answer("clients.badge", Treatment.KEEP), Answer("clients.email", Treatment.NONE),
        Answer("mod_points.owner", Treatment.NONE, "owner"), Answer("mod_points.nick", Treatment.DELETE, "owner"),
        Answer("mod_seen.address", Treatment.MASK), Answer("mod_gone.face", Treatment.DELETE),
        Answer("mod_price.sum", Treatment.NONE),
    ])  # fmt: skip
    clients = complete["clients"]
    assert (clients.fields["pet"].sort, clients.fields["pet"].treatment) == (Sort.FREE_TEXT, Treatment.MASK)
    assert clients.fields["shoe"].treatment is Treatment.NONE
    assert (clients.fields["badge"].treatment, clients.fields["badge"].kept) == (Treatment.KEEP, Kept.OPERATOR)
    assert clients.fields["email"].treatment is Treatment.MASK, "The map's own word stands."
    fates = {one.name: one.fate for one in complete if one.name.startswith("mod_")}
    assert fates == {
        "mod_points": Fate.GOES, "mod_seen": Fate.MASKED, "mod_gone": Fate.FOUND_GOES, "mod_price": Fate.NOBODY,
    }  # fmt: skip
    assert complete.paths("mod_points") == [(("mod_points", Link("owner", "client")),)]
    assert MAP.known < complete.known


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_every_word_is_said_in_both_languages(kind: type[Word]) -> None:
    for word in kind:
        assert re.search(r"[a-z]", word.said("en")), word
        assert re.search(r"[ぁ-んァ-ヶ一-龠]|URL|IP", word.said("ja")), word
    assert len({word.said("en") for word in kind}) == len({word.said("ja") for word in kind}) == len(kind)


def test_the_policy_has_eight_categories_eight_purposes_and_five_bases() -> None:
    assert [*Category] == ["account", "billing", "support", "technical", "domain", "fraud", "marketing", "other"]
    assert [*Purpose] == [
        "contract", "billing", "support", "registration", "security", "fraud", "marketing", "law",
    ]  # fmt: skip
    assert [*LegalBasis] == ["contract", "legal-obligation", "legitimate-interest", "consent", "vital-interest"]


def test_every_purpose_has_a_basis_and_marketing_only_consent() -> None:
    assert set(BASIS) == set(RECIPIENTS) == set(Purpose)
    assert set(USUAL) == set(Category)
    assert [purpose for purpose in Purpose if BASIS[purpose] is LegalBasis.CONSENT] == [Purpose.MARKETING]
    assert LegalBasis.VITAL_INTEREST not in BASIS.values(), "It is invoked case by case, never as a rule."


def test_the_articles_words_have_terms_of_the_w3c_vocabulary() -> None:
    for kind in (Category, Purpose, LegalBasis, Role, Recipient, Sort):
        assert [word for word in kind if not re.fullmatch(r"(dpv|pd|eu-gdpr):[A-Z][\w-]+", word.dpv)] == []
    assert [basis.dpv[-1] for basis in LegalBasis] == ["b", "c", "f", "a", "d"]
    assert len({purpose.dpv for purpose in Purpose}) == len(Purpose)
