"""WHMCS, met through its tables."""

from kigen.hosts.whmcs.host import WhmcsHost
from kigen.specs import hookimpl

__all__ = ["WhmcsHost"]


@hookimpl
def kigen_hosts() -> dict[str, type[WhmcsHost]]:
    """The name that a configuration gives it."""
    return {WhmcsHost.name: WhmcsHost}
