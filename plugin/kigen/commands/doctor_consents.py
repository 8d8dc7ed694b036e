"""What `doctor` says of the platform's own mark for marketing: marks that nobody explains, a column that is none."""

from __future__ import annotations

from collections.abc import Iterator

from kigen.commands.findings import NOTE, WARNING, Finding, found
from kigen.ledger import host_flags
from kigen.policy.datamap import CLIENT
from kigen.work.flags import FIELD, MARKETING
from kigen.work.site import Site


def look_at_marks(site: Site) -> Iterator[Finding]:
    """Of marks without a consent only how many; which clients these are, 'kigen consent list' shows."""
    with site.reading() as connection:
        field = str(site.setting(connection, FIELD) or "")
        alone = host_flags.without_consent(connection, MARKETING)
    holder = site.host.datamap.holder(CLIENT)
    if field and (holder is None or field not in holder.fields):
        yield found(WARNING, "consent-field", name=FIELD, field=field, host=site.host.name)
    if alone:
        yield found(NOTE, "marked-without-consent", number=alone, host=site.host.name)
