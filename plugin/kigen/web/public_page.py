"""How a public page is made: whole, from a template, loading nothing but the script that asks about cookies."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlencode

from flask import make_response, redirect, request
from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.wrappers import Response

from kigen.policy.notices import LANGUAGES


def rendered(name: str, language: str, status: int, values: Mapping[str, object]) -> Response:
    """A page of HTML in a language; what people and settings say is text there and nothing else."""
    made, style, digest = _templates()
    text = made.get_template(f"public/{name}.html").render(
        language=language, column=LANGUAGES.index(language), style=style, **values
    )
    answer = make_response(text, status)
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'self'; connect-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'self'"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-cache"  # which version is in force changes with an instant
    answer.headers["Content-Language"] = language
    answer.vary.update(("Accept-Language", "Sec-GPC"))
    answer.add_etag()
    return answer.make_conditional(request)


def to_itself() -> Response:
    """The same page, with no more in its address than the language."""
    language = request.args.get("language", "")[:2].lower()
    query = f"?{urlencode({'language': language})}" if language in LANGUAGES else ""
    answer = redirect(f"{request.path}{query}", 303)
    answer.autocorrect_location_header = False
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@cache
def _templates() -> tuple[Environment, str, str]:
    """The templates, the style, and the digest by which the policy for content takes this style and no other."""
    made = Environment(
        loader=PackageLoader("kigen.templates", ""), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    style = made.get_template("public/style.css").render()
    return made, style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
