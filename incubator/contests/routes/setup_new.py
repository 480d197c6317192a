"""A new edition: from a white page, from a shipped set-up or from an earlier edition."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.i18n import _
from ...core.web import current_actor, go, named
from ..edition_templates import templates
from ..forms import setup as forms
from ..next_edition import following
from ..queries import editions, setup_reads
from ..services import starting
from .setup import bp


@bp.route("/new", methods=["GET", "POST"])
@require(Permission.CONTESTS_CREATE)
def new() -> Any:
    """A new edition, empty or from an earlier one."""
    form = forms.NewEditionForm(year=clock.today().year)
    form.contest.choices = [
        (0, _("Cuộc thi mới, hoặc theo mẫu, theo lần trước")),
        *[(c.id, named(c)) for c in editions.contests()],
    ]
    form.source.choices = _sources()
    if request.method == "GET" and (source := request.args.get("from")):
        _propose(form, source)
    if form.validate_on_submit():
        try:
            with transaction():
                edition = starting.start(
                    form.source.data,
                    year=form.year.data,
                    name=form.name.data,
                    contest_id=form.contest.data or None,
                    new_contest=form.new_contest.data or "",
                    slug=form.slug.data or "",
                    actor=current_actor(),
                    at=clock.now(),
                )
            flash(_("Đã tạo. Kiểm tra từng phần, xem trước, rồi công khai."), "success")
            return go("setup.show", edition=edition.slug)
        except DomainError as error:
            form.take(error)
    html = render_template("contests/new.html", form=form, templates=templates().values())
    return html, 422 if form.errors else 200


def _propose(form: forms.NewEditionForm, source: str) -> None:
    """Fill in what follows from the chosen start: the year and the name."""
    form.source.data = source
    if template := templates().get(source.removeprefix("template:")):
        form.year.data = template.coming(clock.today())
        form.name.data = template.title(form.year.data)
    elif source:
        earlier = setup_reads.get_source_for(current_actor(), source)
        form.year.data, form.name.data = following(
            earlier.name,
            earlier.year,
            earlier.number,
            this_year=clock.today().year,
            taken=setup_reads.years_of(earlier.contest_id),
        )


def _sources() -> dict[str, list[tuple[str, str]]]:
    """Choices in groups: a white page, the shipped set-ups, earlier editions."""
    shipped = [(f"template:{t.id}", named(t)) for t in templates().values()]
    earlier = [(e.slug, named(e)) for e in setup_reads.sources(current_actor())]
    groups = {_("Trang trắng"): [("", _("Bắt đầu từ trang trắng"))], _("Mẫu có sẵn"): shipped}
    return {**groups, _("Lần tổ chức trước"): earlier} if earlier else groups
