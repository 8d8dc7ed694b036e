"""How pages come to the installation: by asking for one of this instant, once for each request."""

from __future__ import annotations

from collections.abc import Callable

from kigen.work.site import Site

Sites = Callable[[], Site]
"""Gives a site of this instant."""
