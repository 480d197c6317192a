"""What every page needs: the actor, headers, template filters and globals, and small helpers for views."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import flask_login
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import get_locale
from markupsafe import Markup, escape
from werkzeug.routing import BaseConverter, IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

from . import access, assets, clock, cookies, headers
from .access import VISITOR, Actor
from .errors_pages import wants_json
from .i18n import LANGUAGES, _, is_public_page, template_gettext
from .text.numerals import roman

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # as JSON writes the character

F = TypeVar("F", bound=Callable[..., Any])

STATIC = Path(__file__).parent.parent.parent / "static"


def current_actor() -> Actor:
    """Who makes this request; VISITOR when nobody is signed in. Read once a request."""
    actor = flask_login.current_user
    found = actor._get_current_object() if hasattr(actor, "_get_current_object") else actor
    return found if isinstance(found, Actor) else VISITOR


def ask_to_sign_in() -> BaseResponse:
    """To the sign-in page and back; scripts get 401 with a sentence."""
    return _to_sign_in(_("Phiên đăng nhập đã hết. Đăng nhập lại để tiếp tục."))


def ask_for_own_sign_in() -> BaseResponse:
    """As `ask_to_sign_in()`, for who came by a judge's link: it opens the marking and nothing else of the person."""
    said = _("Đường dẫn giám khảo chỉ mở phần chấm điểm. Đăng nhập bằng mật khẩu của mình để vào trang này.")
    if not wants_json():
        flash(said, "info")
    return _to_sign_in(said)


def _to_sign_in(said: str) -> BaseResponse:
    if wants_json():
        refusal = jsonify(error=said, status=401)
        refusal.status_code = 401
        return refusal
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.login", next=back))


def safe_next(target: str | None, default: str) -> str:
    """`target` if it is a path of this site, else `default`: no open redirects."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(c) < 32 for c in target) or "\\" in target:
        return default
    return target


def go(endpoint: str, **values: Any) -> BaseResponse:
    """The redirect that ends every successful form POST (303, so that a reload does not send again)."""
    return redirect(url_for(endpoint, **values), code=303)


def sent_file(field: str) -> tuple[bytes, str]:
    """What a form sent in a file field, and how the sender calls it; nothing and "" where no file was chosen."""
    upload = request.files.get(field)
    return (upload.read(), upload.filename or "") if upload else (b"", "")


def public_url(endpoint: str, **values: Any) -> str:
    """An absolute address for mails, QR codes and papers, with or without a request."""
    base = urlsplit(str(current_app.config["PUBLIC_URL"]))
    current_app.inject_url_defaults(endpoint, values)
    adapter = current_app.url_map.bind(base.netloc, base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


# -- language, workplace ------------------------------------------------------------------------------------------


def lang() -> str:
    return str(get_locale() or "vi")[:2]


def other_language_url() -> str:
    """This public page in the other language; elsewhere the other front page (work pages post to the switch)."""
    other = "en" if lang() == "vi" else "vi"
    values = dict(request.view_args or {})
    if request.endpoint and values.get("lang") in LANGUAGES:
        values["lang"] = other
        # The words of the address stay words: as arguments of url_for a stranger's `_scheme` would choose the scheme.
        asked = urlencode(list(request.args.items(multi=True)))
        return url_for(request.endpoint, **values) + (f"?{asked}" if asked else "")
    return f"/{other}/"


def here(slug: str) -> None:
    """Say which edition or school this page is about, where its address has only a number: the header follows."""
    if has_request_context():
        g.here = slug


def fragment(template: str, **values: Any) -> Markup:
    """A part that is put into another page as it is: its own template has escaped what people typed."""
    return Markup(render_template(template, **values))  # noqa: S704 - templates of ours, which escape by themselves


# -- filters --------------------------------------------------------------------------------------------------------


def vn_date(value: date | datetime | None) -> str:
    """05/01/2026 in local time; an empty string for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return value.strftime("%d/%m/%Y")


def vn_time(value: datetime | None) -> str:
    return clock.local(value).strftime("%H:%M") if value else ""


def vn_times(start: datetime, end: datetime, on: date | None = None) -> str:
    """08:00–10:00, or 22:00–01:00 hôm sau: ends that are not on the date `on` (that of the start) say which day they are.

    Midnight at the end is 24:00 of the day that it ends.
    """
    begins, last = clock.local(start), clock.local(end - timedelta(microseconds=1)).date()
    until = clock.local(end)
    closes = "24:00" if until.date() != last else f"{until:%H:%M}"
    day = on or begins.date()
    if begins.date() == last == day:
        return f"{begins:%H:%M}–{closes}"
    return f"{_with_day(f'{begins:%H:%M}', begins.date(), day)}–{_with_day(closes, last, day)}"


def _with_day(time: str, its: date, day: date) -> str:
    if its == day:
        return time
    if its - day == timedelta(days=1):
        return _("%(time)s hôm sau", time=time)
    if day - its == timedelta(days=1):
        return _("%(time)s hôm trước", time=time)
    return _("%(time)s ngày %(day)s", time=time, day=vn_date(its))


def vn_datetime(value: datetime | None) -> str:
    """14:30 ngày 05/01/2026 as “14:30 05/01/2026”."""
    return f"{vn_time(value)} {vn_date(value)}" if value else ""


def vn_number(value: int | float | Decimal | None, places: int | None = None) -> str:
    """10.034 or 81,25 (English: 10,034 and 81.25). Rounding is the scoring rule's business, done before."""
    if value is None:
        return ""
    if places is None:
        exact = Decimal(str(value))
        places = max(0, -int(exact.normalize().as_tuple().exponent)) if exact != exact.to_integral() else 0
    text = f"{value:,.{places}f}".replace("-", "−")
    return text if lang() == "en" else text.translate(str.maketrans(",.", ".,"))


def decimal_sign() -> str:
    return "." if lang() == "en" else ","


def points(value_e2: int | None, places: int = 2) -> str:
    """Hundredths of a point as people read them: 8125 -> 81,25."""
    return "" if value_e2 is None else vn_number(Decimal(value_e2) / 100, places)


def score(value_e4: int | None, places: int = 2) -> str:
    """Ten-thousandths of a point, already rounded by the scoring rule: 812500 -> 81,25."""
    return "" if value_e4 is None else vn_number(Decimal(value_e4) / 10000, places)


def vn_percent(value: float | Decimal | None, places: int = 1) -> str:
    """0.044 -> 4,4 % with a no-break space."""
    return "" if value is None else vn_number(Decimal(str(value)) * 100, places) + "\u00a0%"


def vn_money(value: int | None) -> str:
    return "" if value is None else vn_number(value) + "\u00a0" + _("đồng")


def upfirst(text: str) -> str:
    """A capital for the first letter only, where words begin a line: names within keep theirs."""
    return text[:1].upper() + text[1:]


def named(row: Any, attribute: str = "name") -> str:
    """A row's name in the reader's language, where it has an English one."""
    english = getattr(row, f"{attribute}_en", "") if lang() == "en" else ""
    return str(english or getattr(row, attribute))


def breakable(text: str | None) -> Markup:
    """Codes and addresses go on in the next line after one of their signs, not in the middle of a word."""
    return Markup("<wbr>").join(re.split(r"(?<=[._/:-])|(?=@)", text or ""))


def unbroken(text: str | None) -> Markup:
    """Hours from – to stay in one line: a dash is where a line would end."""
    parts = re.split(r"(\d\d:\d\d–\d\d:\d\d)", text or "")
    hours = Markup('<span class="text-nowrap">{}</span>')
    return Markup("").join(hours.format(part) if place % 2 else part for place, part in enumerate(parts))


def paragraphs(text: str | None) -> Markup:
    """Plain text with its line breaks, escaped."""
    blocks = [b for b in (text or "").replace("\r\n", "\n").split("\n\n") if b.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(x) for x in b.split("\n"))) for b in blocks
    )


# -- wiring -----------------------------------------------------------------------------------------------------------


class _Language(BaseConverter):
    """`<language:lang>` in a path: vi or en and nothing else."""

    regex = "|".join(LANGUAGES)


class _Id(IntegerConverter):
    """`<int:entry_id>`: no id is longer than nine digits, and SQLite would not take a much longer number."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=999_999_999)


def init_app(app: Flask) -> None:
    app.session_interface = cookies.SessionInterface()
    assets.init_app(app, STATIC)
    headers.init_app(app)
    app.jinja_env.filters.update(
        vn_date=vn_date,
        vn_time=vn_time,
        vn_times=vn_times,
        vn_datetime=vn_datetime,
        vn_number=vn_number,
        vn_percent=vn_percent,
        vn_money=vn_money,
        points=points,
        score=score,
        roman=roman,
        named=named,
        paragraphs=paragraphs,
        breakable=breakable,
        unbroken=unbroken,
        as_local=clock.local,
        upfirst=upfirst,
    )
    app.jinja_env.globals.update(
        can=access.can, clock_now=clock.now, lang=lang, is_public_page=is_public_page
    )
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals.update(gettext=template_gettext, _=template_gettext)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def _shell() -> dict[str, Any]:
        actor = VISITOR if has_request_context() and is_public_page() else current_actor()
        return {"current_actor": actor, "other_language_url": other_language_url, "owner": owner(app, lang())}

    @app.before_request
    def _refuse_nul() -> None:
        # No page sends the character NUL, and PostgreSQL answers it with an error.
        fields = request.form.items(multi=True) if request.mimetype in _FORM_TYPES else ()
        if (
            "\0" in request.path
            or b"%00" in request.query_string
            or any("\0" in text for _name, text in fields)
            or (request.is_json and _ESCAPED_NUL.search(request.get_data()))
        ):
            abort(400)

    @app.after_request
    def _private_by_default(response: Response) -> Response:
        # A page that somebody signed in for is never kept by a cache on the way; a public one is asked for again
        # each time, since a consent may have been withdrawn, but travels packed and only if it changed.
        if is_public_page():
            response.headers.setdefault("Cache-Control", "no-cache")
            return assets.pack(response, request)
        if "Cache-Control" not in response.headers:
            signed_in = app.config["SESSION_COOKIE_NAME"] in request.cookies
            kept = "private, no-store" if signed_in else "no-cache"
            response.headers["Cache-Control"] = kept
        return response

    @app.url_defaults
    def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = lang()

    app.url_map.converters["language"] = _Language
    app.url_map.converters["int"] = _Id


def owner(app: Flask, language: str = "vi") -> dict[str, str]:
    """Who runs this system: letterhead and footer, from the configuration. Official papers stay Vietnamese."""
    keys = ("NAME", "PARENT", "ADDRESS", "PHONE", "EMAIL")
    found = {k.lower(): str(app.config.get(f"OWNER_{k}", "")) for k in keys}
    found["place"] = str(app.config.get("DATE_PLACE", ""))
    if language == "en":
        for key in ("name", "parent"):
            found[key] = str(app.config.get(f"OWNER_{key.upper()}_EN") or found[key])
    return found


def remember_language(language: str) -> None:
    if language in LANGUAGES:
        session["lang"] = language
