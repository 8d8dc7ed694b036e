"""Where somebody comes who names no page: a client to its privacy, staff to the state of things."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from kigen.web.fragments import actor, to_page
from kigen.web.sites import Sites

FIRST = {"client": "privacy", "admin": "admin"}


def blueprint(sites: Sites) -> Blueprint:
    """The way in."""
    pages = Blueprint("home", __name__)

    @pages.get("/bridge/")
    def home() -> Response:
        return to_page(FIRST[actor().role])

    return pages
