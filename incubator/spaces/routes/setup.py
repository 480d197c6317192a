"""Sites, places with their rules, opening hours: how the centre is set up."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import Resource, Site
from ..forms import HoursForm, PlaceForm, PriceForm, SiteForm, options
from ..forms.setup import ORGANISATIONS, TRAINING_CHOICES
from ..queries import setup as setup_queries
from ..queries.place_rows import edges
from ..services import hours, places, terms
from .base import bp, page

SET_UP = (Permission.SPACES_MANAGE, Permission.SYSTEM_MANAGE)


@bp.get("/places")
@require(*SET_UP)
def place_list() -> str:
    """Every room and machine of one's sites, with what stands out of its rules."""
    return page("places", groups=setup_queries.places_by_site(current_actor()))


@bp.route("/sites/new", methods=["GET", "POST"])
@require(*SET_UP)
def new_site() -> str | Response:
    form = SiteForm()
    if form.validate_on_submit():
        try:
            with transaction():
                places.make_site("", actor=current_actor(), at=clock.now(), **form.values())
        except DomainError as error:
            form.take(error)
        else:
            flash(_("Đã thêm cơ sở."), "success")
            return go("spaces.place_list")
    return Response(page("site", form=form, site=None), 422 if form.errors else 200, mimetype="text/html")


@bp.route("/sites/<int:site_id>", methods=["GET", "POST"])
@require(*SET_UP)
def site_page(site_id: int) -> str | Response:
    site = setup_queries.get_site(site_id, current_actor())
    form = SiteForm(obj=site) if request.method == "GET" else SiteForm()
    if form.validate_on_submit():
        with transaction():
            places.change_site(site_id, actor=current_actor(), at=clock.now(), **form.values())
        flash(_("Đã lưu cơ sở."), "success")
        return go("spaces.place_list")
    return Response(page("site", form=form, site=site), 422 if form.errors else 200, mimetype="text/html")


def _choices(form: PlaceForm, place: Resource | None, site_id: int) -> None:
    rooms, machines = setup_queries.neighbours(place, site_id)
    form.parts.choices, form.contents.choices = options(rooms), options(machines)
    form.approvers.choices = options(setup_queries.staff_of(site_id, clock.now()))
    form.supervisors.choices = options(setup_queries.watcher_choices(site_id))
    form.training.choices = options([TRAINING_CHOICES[0], *setup_queries.training_kinds()])


@bp.route("/sites/<int:site_id>/places/new", methods=["GET", "POST"])
@require(*SET_UP)
def new_place(site_id: int) -> str | Response:
    actor, at = current_actor(), clock.now()
    site = setup_queries.get_site(site_id, actor)
    form = PlaceForm(kind=request.args.get("kind", "room")) if request.method == "GET" else PlaceForm()
    if form.validate_on_submit():
        wanted = form.description_of()
        try:
            with transaction():
                made = places.make_place("", wanted.name, wanted.kind, site, actor=actor, at=at)
                places.describe(made.id, wanted, actor=actor, at=at)
        except DomainError as error:
            form.take(error)
            site = setup_queries.get_site(site_id, actor)  # the rollback has emptied what was loaded
        else:
            flash(_("Đã thêm %(name)s.", name=made.name), "success")
            return go("spaces.place_page", slug=made.slug)
    _choices(form, None, site_id)
    text = page("place", form=form, site=site, place=None)
    return Response(text, 422 if form.errors else 200, mimetype="text/html")


@bp.route("/places/<slug>", methods=["GET", "POST"])
@require(*SET_UP)
def place_page(slug: str) -> str | Response:
    """Everything that can be said about one place."""
    actor = current_actor()
    place = setup_queries.get_place(slug, actor)
    form = _shown(place) if request.method == "GET" else PlaceForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                places.describe(place.id, form.description_of(), actor=actor, at=clock.now())
        except DomainError as error:
            form.take(error)
            place = setup_queries.get_place(slug, actor)
        else:
            flash(_("Đã lưu. Lượt đặt mới theo quy tắc mới, lượt đã duyệt giữ nguyên."), "success")
            return go("spaces.place_page", slug=slug)
    return _place(place, form)


def _place(place: Resource, form: PlaceForm, price_form: PriceForm | None = None) -> Response:
    """The page of a place, with what was typed in one of its two forms."""
    assert place.site_id is not None
    _choices(form, place, place.site_id)
    price_form = price_form or PriceForm(formdata=None)
    text = page(
        "place",
        form=form,
        place=place,
        site=place.site,
        prices=setup_queries.prices_of(place.id),
        price_form=price_form,
        organisations=dict(ORGANISATIONS),
        coming=places.coming(place.id, clock.now()),
    )
    return Response(text, 422 if form.errors or price_form.errors else 200, mimetype="text/html")


def _shown(place: Resource) -> PlaceForm:
    form = PlaceForm(formdata=None)
    form.show(place)
    known = edges()
    form.parts.data, form.contents.data = known.parts.get(place.id, []), known.contents.get(place.id, [])
    form.supervisors.data = known.crews.get(place.id, [])
    return form


@bp.post("/places/<slug>/<any(retire, restore):step>")
@require(*SET_UP)
def place_step(slug: str, step: str) -> Response:
    place = setup_queries.get_place(slug, current_actor())
    change = places.retire if step == "retire" else places.restore
    with transaction():
        change(place.id, actor=current_actor(), at=clock.now())
    flash(_("Đã ngừng dùng, lịch sử vẫn giữ.") if step == "retire" else _("Đã dùng lại."), "success")
    return go("spaces.place_page", slug=slug)


@bp.post("/places/<slug>/prices")
@require(*SET_UP)
def set_price(slug: str) -> Response:
    place = setup_queries.get_place(slug, current_actor())
    form = PriceForm()
    if not form.validate():
        return _place(place, _shown(place), form)
    with transaction():
        terms.set_price(
            place,
            form.per_half_hour.data or 0,
            organisation_kind=form.organisation_kind.data or "",
            valid_from=form.valid_from.data,
            actor=current_actor(),
            at=clock.now(),
        )
    flash(_("Đã lưu giá. Lượt đã đặt giữ giá lúc đặt."), "success")
    return go("spaces.place_page", slug=slug, _anchor="gia")


@bp.post("/prices/<int:price_id>/drop")
@require(*SET_UP)
def drop_price(price_id: int) -> Response:
    with transaction():
        place = terms.drop_price(price_id, actor=current_actor(), at=clock.now())
    flash(_("Đã bỏ giá này."), "success")
    return go("spaces.place_page", slug=place.slug, _anchor="gia")


# -- hours


@bp.route("/sites/<int:site_id>/hours", methods=["GET", "POST"])
@require(*SET_UP)
def site_hours(site_id: int) -> str | Response:
    return _hours(site=setup_queries.get_site(site_id, current_actor()))


@bp.route("/places/<slug>/hours", methods=["GET", "POST"])
@require(*SET_UP)
def place_hours(slug: str) -> str | Response:
    """Of a place, or the roster of a person on duty."""
    return _hours(place=setup_queries.get_place(slug, current_actor()))


def _hours(*, site: Site | None = None, place: Resource | None = None) -> str | Response:
    """Type a week, see the uses to come that it leaves outside, then save it."""
    own: dict[str, Any] = {"site_id": site.id} if site else {"resource_id": place.id if place else None}
    weeks = setup_queries.weeks_of(**own)
    form, at = HoursForm(), clock.now()
    touched: list[hours.Touched] = []
    if request.method == "GET":
        now = setup_queries.week_on(weeks, clock.today())
        for field, day in zip(form.days, now.days if now else [[] for _n in range(7)], strict=True):
            field.data = day
    elif form.validate():
        which: dict[str, Any] = {"site": site, "place": place, "valid_from": form.valid_from.data, "at": at}
        try:
            hours.ensure_sound(form.rows())
            touched = hours.touched_by(form.rows(), **which)
            if not touched or request.form.get("confirmed"):
                with transaction():
                    hours.set_hours(form.rows(), actor=current_actor(), **which)
                flash(_("Đã lưu giờ mở cửa."), "success")
                return (
                    go("spaces.place_list")
                    if site
                    else go("spaces.place_hours", slug=place.slug if place else "")
                )
        except DomainError as error:
            form.take(error)
    text = page("hours", form=form, site=site, place=place, weeks=weeks, touched=touched)
    return Response(text, 422 if form.errors else 200, mimetype="text/html")
