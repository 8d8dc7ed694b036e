"""In which language a public page speaks: the one asked for, else the browser's, else the one that binds."""

from __future__ import annotations

from flask import Request

from kigen.policy.vocabulary import LANGUAGES


def language_of(request: Request, binding: str) -> str:
    """`?language=` of any region (`ja-JP`), else Accept-Language, else the language whose words bind."""
    asked = request.args.get("language", "").lower()[:2]
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(LANGUAGES) or binding
