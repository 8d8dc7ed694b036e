"""FOSSBilling, met through its tables."""

from kigen.hosts.fossbilling.host import FossBillingHost
from kigen.specs import hookimpl

__all__ = ["FossBillingHost"]


@hookimpl
def kigen_hosts() -> dict[str, type[FossBillingHost]]:
    """The name that a configuration gives it."""
    return {FossBillingHost.name: FossBillingHost}
