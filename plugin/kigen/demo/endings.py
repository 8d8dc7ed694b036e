"""How services and domains end, in all the ways a host knows, well and badly dated."""

from datetime import datetime, timedelta

from kigen.demo.book import Row
from kigen.demo.story import Story
from kigen.demo.times import between
from kigen.hosts.whmcs.tables import NO_MOMENT

REASONS = ("サービスを使わなくなったため", "Moving to another provider", "Projekt beendet", "閉店", "Trop cher", "")


def ask_to_cancel(story: Story, service: Row, at: datetime, immediate: bool) -> None:
    """The client's request to end a service."""
    story.book.add(
        "tblcancelrequests", at, date=at, relid=service, reason=story.rng.choice(REASONS),
        type="Immediate" if immediate else "End of Billing Period", created_at=at, updated_at=NO_MOMENT,
    )  # fmt: skip


def end_service(story: Story, service: Row, addon: Row | None, at: datetime) -> None:
    """Ends a service. Only some ends are dated: a host fills termination_date when its module ran, not by hand."""
    die = story.rng.random()
    asked = max(service.at, at - timedelta(days=story.rng.randint(1, 40)))
    if die < 0.35:
        service["domainstatus"], service["termination_date"] = "Terminated", at
    elif die < 0.40:
        service["domainstatus"] = "Terminated"
    elif die < 0.75:
        service["domainstatus"], service["termination_date"] = "Cancelled", at
    else:
        service["domainstatus"] = "Cancelled"
    if service["domainstatus"] == "Cancelled" and die < 0.92:
        ask_to_cancel(story, service, asked, immediate=die < 0.6)
    service["updated_at"] = at
    words = "Module Terminate successful" if die < 0.40 else "Service status set to Cancelled"
    story.log(at, f"{words} - Service ID: {{}}", service, by_staff=True)
    if addon is not None:
        addon["status"] = service["domainstatus"]
        addon["termination_date"] = service["termination_date"]


def end_domain(story: Story, domain: Row) -> None:
    """A domain that is not renewed: let go, given up or taken elsewhere before it expires, or expired just now."""
    expiry, die = domain["expirydate"], story.rng.random()
    before = min(story.now, between(story.rng, max(domain.at, expiry - timedelta(days=120)), expiry))
    domain["donotrenew"] = 1
    if die < 0.3:
        domain["status"] = "Cancelled"
        story.log(before, "Domain status set to Cancelled - Domain ID: {}", domain, by_staff=True)
    elif die < 0.45:
        domain["status"] = "Transferred Away"
        story.log(before, "Domain transferred away - Domain ID: {}", domain, by_staff=True)
    elif expiry <= story.now:
        gone = (story.now - expiry).days
        domain["status"] = "Grace" if gone < 30 else "Redemption" if gone < 60 else "Expired"
        if domain["status"] == "Expired":
            story.log(expiry + timedelta(days=60), "Domain status set to Expired - Domain ID: {}", domain)
    domain["updated_at"] = min(story.now, before)
