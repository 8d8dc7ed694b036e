"""A backup of an installation's database, and its restore: what lies outside, in `state_dir`, stays as it is."""

from __future__ import annotations

from sqlalchemy import make_url

from tests.chaos.stage import FileCopy
from tests.work.billing import Billing, Copy


class Backup:
    """What the database holds when this is made, on either engine."""

    def __init__(self, billing: Billing) -> None:
        self.billing = billing
        billing.site.engine.dispose()
        is_file = make_url(billing.url).get_backend_name() == "sqlite"
        self._copy: Copy | FileCopy = FileCopy(billing.url) if is_file else Copy(billing.url)

    def restore(self) -> None:
        """Put it back, as an operator does who lost the database."""
        self.billing.site.engine.dispose()
        self._copy.put_back()

    def drop(self) -> None:
        """Remove it."""
        self._copy.drop()
