"""Two languages: source strings are Vietnamese, English comes from one catalogue a domain.

Catalogues live in `incubator/translations/<domain>/en/LC_MESSAGES/messages.po`; `make messages` keeps them up to date.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_babel
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

LANGUAGES = ("vi", "en")
TRANSLATIONS = Path(__file__).parent.parent / "translations"

babel = Babel()


def _in_source_language() -> bool:
    """A page holds a hundred sentences: in Vietnamese none of them needs a catalogue."""
    locale = flask_babel.get_locale()
    return locale is None or locale.language == "vi"


def _(string: str, **values: Any) -> str:
    """The sentence in the reader's language, with its %(names)s filled in."""
    text = string if _in_source_language() else flask_babel.get_translations().ugettext(string)
    return str(text % values if values else text)


def lazy(string: str, **values: Any) -> LazyString:
    """As `_()`, for sentences of modules and classes: read anew for each reader."""
    return LazyString(_, string, **values)


@pass_eval_context
def template_gettext(context: EvalContext, string: str, /, **values: Any) -> str:
    """`_()` in templates: values are escaped, a sign of per cent is written %%."""
    text = string if _in_source_language() else flask_babel.get_translations().ugettext(string)
    if context.autoescape:
        text = Markup(text)  # noqa: S704 - our own sentences; `%` escapes what is filled in
    return text % values if "%" in text else text


ngettext: Callable[..., str] = flask_babel.ngettext


def catalogue_domains() -> list[str]:
    """Names of the folders that hold a catalogue."""
    return sorted(p.name for p in TRANSLATIONS.iterdir() if p.is_dir()) if TRANSLATIONS.exists() else []


def is_public_page() -> bool:
    """Pages with the language in their path: the same for everybody, so that caches may keep them."""
    return request.path.split("/", 2)[1] in LANGUAGES


def select_locale() -> str:
    """Language of this request: the path of a public page, else the person's choice, else Vietnamese.

    Called outside requests too (commands, jobs, mails under `force_locale`), where there is none to ask.
    """
    if not has_request_context():
        return "vi"
    first = request.path.split("/", 2)[1]
    if first in LANGUAGES:
        return first
    if chosen := g.get("lang"):
        return str(chosen)
    chosen = session.get("lang")
    return chosen if chosen in LANGUAGES else "vi"


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Ho_Chi_Minh"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(TRANSLATIONS / d) for d in catalogue_domains())
    babel.init_app(app, locale_selector=select_locale)
