"""What visitors see: the centre, an event, the door. No cookie is read or set here."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from ...core import clock, qr
from ...core.access import public
from ...core.db import transaction
from ...core.errors import DomainError, Invalid, NotFound
from ...core.extensions import csrf, limiter
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import public_url
from ...models import EventState
from ..forms import RegisterForm
from ..intervals import local_date
from ..queries import door as door_queries
from ..queries import events as event_queries
from ..queries import public as public_queries
from ..services import certificates, day, registrations
from .base import page, public_bp

LANG = "<any(vi, en):lang>"


@public_bp.get(f"/{LANG}/biic")
@public
def centre(lang: str) -> str:
    """Rooms, machines and what is on."""
    now = clock.now()
    return page("public_centre", **public_queries.centre(now), events=event_queries.coming(now))


@public_bp.route(f"/{LANG}/events/<slug>", methods=["GET", "POST"])
@public
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("30/minute", methods=["POST"])
def event(lang: str, slug: str) -> Response:
    row = event_queries.public_one(slug)
    form = RegisterForm()
    error: DomainError | None = None
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                made = registrations.register(
                    slug,
                    full_name=form.full_name.data,
                    contact=form.contact.data,
                    organisation=form.organisation.data or "",
                    at=clock.now(),
                )
        except DomainError as refusal:
            error = refusal
            form.take(refusal)
            row = event_queries.public_one(slug)  # the rollback has emptied what was loaded
        else:
            return redirect(url_for("spaces_public.registration", lang=lang, code=made.code), code=303)
    closes = row.event.closes_at or max((s.ends_at for s in row.event.sessions), default=clock.now())
    is_open = row.event.state is EventState.PUBLISHED and closes > clock.now()
    text = page("public_event", row=row, form=form, is_open=is_open, refusal=error)
    return Response(text, status=422 if form.errors or error else 200, mimetype="text/html")


@public_bp.get(f"/{LANG}/events/r/<code>")
@public
def registration(lang: str, code: str) -> str:
    """The registrant's own page: seat or place in the list, its QR, withdraw, certificate."""
    row, event_row, place, attended = event_queries.mine(code)
    seat = qr.drawing(public_url("spaces.seat", code=code))
    link = public_url("spaces_public.registration", lang=lang, code=code)
    return page(
        "public_registration",
        row=row,
        event_row=event_row,
        place=place,
        attended=attended,
        qr=seat,
        link=link,
    )


@public_bp.post(f"/{LANG}/events/r/<code>/withdraw")
@public
@csrf.exempt  # type: ignore[untyped-decorator]
def withdraw(lang: str, code: str) -> Response:
    with transaction():
        registrations.withdraw(code, at=clock.now())
    return redirect(url_for("spaces_public.registration", lang=lang, code=code), code=303)


@public_bp.get(f"/{LANG}/events/r/<code>/certificate.pdf")
@public
def certificate(lang: str, code: str) -> Response:
    """The certificate of attendance, once it has a number."""
    row, event_row, _place, _attended = event_queries.mine(code)
    if not row.certificate_number:
        raise NotFound(_("Chưa có giấy chứng nhận: cần dự đủ các buổi và sự kiện đã kết thúc."))
    link = public_url("spaces_public.registration", lang=lang, code=code)
    return Response(certificates.attendance(row, event_row.event, link), mimetype="application/pdf")


@public_bp.get(f"/{LANG}/door/<slug>")
@public
def door(lang: str, slug: str) -> Response:
    """The screen beside a door: now, next, and the QR that proves where one stands. Reloads itself."""
    now = clock.now()
    found = door_queries.door(slug, now=now)
    code = day.door_code(found.resource.id, now)
    link = public_url("spaces_public.here", lang=lang, slug=slug, c=code)
    text = page("door", door=found, code=code, qr=qr.drawing(link, scale=5), day=local_date(now))
    return Response(text, mimetype="text/html", headers={"Refresh": "60", "Cache-Control": "no-store"})


@public_bp.route(f"/{LANG}/door/<slug>/here", methods=["GET", "POST"])
@public
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("60/minute", methods=["POST"])
def here(lang: str, slug: str) -> Response:
    """“I'm here”: which use, how many, done. No account."""
    now = clock.now()
    code = request.values.get("c", "")
    resource = door_queries.resource_of(slug)
    error: DomainError | None = None
    done, seats = "", 0
    valid = day.is_door_code(resource.id, code, now)
    if request.method == "POST":
        try:
            done, seats = _arrive(resource.id, code)
        except DomainError as refusal:
            error = refusal
    lines = door_queries.arrivals(slug, now=now) if valid else []
    if seats:
        lines = [line for line in lines if line.code == request.form.get("booking")]
    text = page(
        "here", resource=resource, lines=lines, code=code, valid=valid, refusal=error, done=done, seats=seats
    )
    return Response(
        text,
        status=error.status if error else 200,
        mimetype="text/html",
        headers={"Cache-Control": "no-store"},
    )


def _arrive(resource_id: int, code: str) -> tuple[str, int]:
    """What was noted, and the seats of the place where more people than that were typed, else 0."""
    at = clock.now()
    booking = request.form.get("booking", "")
    if booking:
        people = request.form.get("people", type=whole)
        with transaction():
            found = day.check_in(booking, people or 0, door=code, at=at)
            count, seats = found.checked_in or 0, door_queries.seats_of(found.resource_id)
        text = _("Đã ghi %(n)s người. Cảm ơn bạn.", n=count)
        return text, seats if seats and count > seats else 0
    session_id = request.form.get("session", 0, type=whole)
    contact = registrations.contact_key(request.form.get("contact", ""))
    row = event_queries.by_contact(registrations.get_session(session_id).event_id, contact)
    if row is None:
        raise Invalid(
            _("Không có đăng ký với số hoặc e-mail này. Hỏi nhân viên tại bàn đón."), field="contact"
        )
    with transaction():
        registrations.attend(session_id, row.id, door=code, at=at)
    return _("Đã ghi có mặt. Cảm ơn bạn."), 0
