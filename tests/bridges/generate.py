"""Writes the PHP tables from kigen's event maps: `python -m tests.bridges.generate` after a change of a map."""

from __future__ import annotations

from pathlib import Path

from kigen.hosts.fossbilling import let_through as of_fossbilling
from kigen.hosts.let_through import php_table
from kigen.hosts.whmcs import let_through as of_whmcs
from tests.support.tree import ROOT

HOSTS = ROOT / "plugin/kigen/hosts"


def generated() -> dict[Path, str]:
    """Each file that is made from a map, and what it must hold."""
    return {
        HOSTS / "whmcs/bridge/events.php": php_table(of_whmcs.table()),
        HOSTS / "fossbilling/bridge/events.php": php_table(of_fossbilling.table()),
        HOSTS / "fossbilling/bridge/silent.php": of_fossbilling.silent(),
        HOSTS / "fossbilling/bridge/lib/Listeners.php": of_fossbilling.listeners(),
    }


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
