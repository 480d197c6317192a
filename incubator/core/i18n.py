"""Two languages: source strings are Vietnamese, English comes from one catalogue a domain.

Catalogues live in `incubator/translations/<domain>/en/LC_MESSAGES/messages.po`; `make messages` keeps them up to date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask_babel
from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel
from flask_babel.speaklater import LazyString
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

LANGUAGES = ("vi", "en")
_LOCALES = {language: Locale(language) for language in LANGUAGES}
TRANSLATIONS = Path(__file__).parent.parent / "translations"
SHELL = "core"  # whose catalogue holds what belongs to no domain

babel = Babel()


def _in_source_language() -> bool:
    """A page holds a hundred sentences: in Vietnamese none of them needs a catalogue."""
    locale = flask_babel.get_locale()
    return locale is None or locale.language == "vi"


@cache
def _catalogue(domain: str) -> NullTranslations:
    return Translations.load(TRANSLATIONS / domain, ["en"])


@cache
def domain_of(name: str) -> str:
    """Whose catalogue a module (`incubator.spaces.rules`) or a template (`spaces/index.html`) speaks from."""
    parts = name.removeprefix("email/").removeprefix("incubator.").replace("/", ".").split(".")
    return parts[0] if parts[0] in catalogue_domains() else SHELL


def _translated(domain: str, string: str) -> str:
    """One Vietnamese word may need two English ones: the own domain speaks first, then the others."""
    if _in_source_language():
        return string
    own = _catalogue(domain).ugettext(string)
    return str(flask_babel.get_translations().ugettext(string) if own == string else own)


def _(string: str, **values: Any) -> str:
    """The sentence in the reader's language, with its %(names)s filled in."""
    return _filled(_translated(_caller(), string), values)


_COUNTED = re.compile(r"%\((\w+)\)[sd]|\[([^\[\]|]*)\|([^\[\]|]*)\]")


def _in_number(text: str, values: Mapping[str, Any]) -> str:
    """“%(n)s [entry|entries]” by the number before it: Vietnamese has one form, so only English needs this."""
    if "|" not in text:
        return text
    first = _COUNTED.search(text)
    count = values.get(first[1]) if first and first[1] else values.get("n")

    def chosen(found: re.Match[str]) -> str:
        nonlocal count
        if found[1]:
            count = values.get(found[1])
            return found[0]
        return found[2] if str(count) == "1" else found[3]

    return _COUNTED.sub(chosen, text)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    return _in_number(text, values) % values if values else text


def _caller() -> str:
    """Domain of the module that asked for a sentence."""
    return domain_of(sys._getframe(2).f_globals["__name__"])


def lazy(string: str, **values: Any) -> LazyString:
    """As `_()`, for sentences of modules and classes: read anew for each reader."""
    domain = _caller()
    return LazyString(lambda: _filled(_translated(domain, string), values))


@pass_context
def template_gettext(context: Context, string: str, /, **values: Any) -> str:
    """`_()` in templates: values are escaped, a sign of per cent is written %%."""
    text = _in_number(_translated(domain_of(context.name or ""), string), values)
    if context.eval_ctx.autoescape:
        text = Markup(text)  # noqa: S704 - our own sentences; `%` escapes what is filled in
    return text % values if "%" in text else text


ngettext: Callable[..., str] = flask_babel.ngettext


@cache
def catalogue_domains() -> list[str]:
    """Names of the folders that hold a catalogue."""
    return sorted(p.name for p in TRANSLATIONS.iterdir() if p.is_dir()) if TRANSLATIONS.exists() else []


def is_public_page() -> bool:
    """Pages with the language in their path: the same for everybody, so that caches may keep them."""
    return request.path.split("/", 2)[1] in LANGUAGES


def select_locale() -> str:
    """Language of this request: the path of a public page, else the person's choice, else that of the public page that led
    here, else Vietnamese.

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
    if chosen not in LANGUAGES and (led := _led_here_from()):
        chosen = session["lang"] = led  # the next page, a form sent back, has another page before it
    return chosen if chosen in LANGUAGES else "vi"


def _led_here_from() -> str:
    """The other language than Vietnamese, where a public page of ours in it led to this one; else ""."""
    before = urlsplit(request.referrer or "")
    first = before.path.split("/", 2)[1:2]
    ours = before.netloc == request.host and first and first[0] in LANGUAGES and first[0] != "vi"
    return first[0] if ours else ""


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Ho_Chi_Minh"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(TRANSLATIONS / d) for d in catalogue_domains())
    # A Locale is taken as it is; its name would be parsed at every request.
    babel.init_app(app, locale_selector=lambda: _LOCALES[select_locale()])
