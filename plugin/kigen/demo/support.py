"""What clients write: tickets in their language with replies, notes and a log, most of them closed."""

from datetime import datetime, timedelta

from kigen.demo.book import Row, Told
from kigen.demo.names import ip
from kigen.demo.story import Story

OPEN = ("Open", "Answered", "Customer-Reply", "On Hold", "In Progress", "Escalated")
TALK = {
    "japanese": (
        ("サーバーに接続できません", "昨夜からSSHで接続できません。", "ネットワークを確認し、復旧いたしました。"),
        ("請求書の宛名について", "請求書の宛名を会社名に変更できますか。", "変更いたしました。ご確認ください。"),
        ("ドメインの移管", "ドメインを御社へ移管したいです。", "認証コードをお送りください。"),
    ),
    "german": (("Rechnung", "Bitte senden Sie mir die Rechnung noch einmal.", "Gern, sie liegt nun im Portal."),),
    "french": (("Sauvegarde", "Comment restaurer une sauvegarde ?", "Depuis le portail, onglet Sauvegardes."),),
    "english": (
        ("Server does not boot", "After the kernel update the VPS hangs.", "We booted the rescue system for you."),
        ("Change of address", "We have moved, please update our address.", "Done."),
    ),
}


def talk(story: Story, at: datetime, status: str = "Closed") -> Row:
    """A ticket begun at that time, with what followed."""
    rng, book, person = story.rng, story.book, story.person
    title, question, answer = rng.choice(TALK.get(person.country.language, TALK["english"]))
    ticket = book.add(
        "tbltickets", at, tid=f"{rng.choice('ABCDEFGH')}{rng.choice('KLMNPQ')}Z-{rng.randrange(10**6):06d}", did=1,
        userid=story.client, requestor_id=story.user, name=f"{person.first} {person.last}", email=person.email,
        cc=f"colleague@{story.home}" if story.perhaps(0.1) else "", c=f"{rng.getrandbits(32):08x}",
        ipaddress=ip(rng), date=at, title=title, message=question, status=status,
        urgency=rng.choice(("Low", "Medium", "Medium", "High")), lastreply=at,
        attachment=f"{rng.getrandbits(20):x}_log.txt" if story.perhaps(0.1) else "",
        # The host writes the service that a ticket is about as a letter and its id.
        service=Told("S{}", story.services[0]) if story.services else "", merged_ticket_id=0,
    )  # fmt: skip
    book.add("tblticketlog", at, date=at, tid=ticket, action="New Support Ticket Opened")
    for number in range(rng.randint(1, 3)):
        reply_at = min(story.now, ticket["lastreply"] + timedelta(minutes=rng.randint(10, 2400)))
        by_staff = number % 2 == 0
        message = answer if by_staff else "Thank you. 了解です。"
        book.add(
            "tblticketreplies", reply_at, tid=ticket, userid=0 if by_staff else story.client,
            requestor_id=0 if by_staff else story.user, name="" if by_staff else ticket["name"],
            email="" if by_staff else person.email, date=reply_at, message=message,
            admin="Demo Staff" if by_staff else "",
        )  # fmt: skip
        ticket["lastreply"] = reply_at
    if story.perhaps(0.2):
        book.add("tblticketnotes", at, ticketid=ticket, admin="Demo Staff", date=at, message="Checked with network.")
    if story.perhaps(0.15):
        book.add(
            "tblcustomfieldsvalues", at, fieldid=story.fields["server"], relid=ticket, value=f"vps1.{story.home}",
            created_at=at, updated_at=at,
        )  # fmt: skip
    if status == "Closed":
        closed = min(story.now, ticket["lastreply"] + timedelta(hours=rng.randint(1, 90)))
        book.add("tblticketlog", closed, date=closed, tid=ticket, action="Status changed to Closed")
    return ticket
