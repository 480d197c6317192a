"""What visitors read. Every page here may be kept by the layer in front of the application (see prebuilt.py)."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response as BaseResponse

from ...core import clock
from ...core.access import public
from ...core.errors import NotFound
from ...core.extensions import csrf, limiter
from ...core.i18n import _
from ...core.navigation import EditionLink
from ...core.web import lang as language
from ...core.web import named
from ...models import Edition
from .. import downloads, prebuilt, words
from ..differences import compared
from ..queries import public as published
from ..queries import verify as certificates
from ..queries.schools import find_schools, school_of
from ..views import ResultPage, result_page

bp = Blueprint("results", __name__)
LANGUAGE = "<any(vi, en):lang>"


def kept(body: str | bytes, mimetype: str = "text/html", name: str = "") -> Response:
    """An answer that holds until the next scheduled publication, ten minutes at most."""
    response = make_response(body)
    response.mimetype = mimetype.partition(";")[0]
    now = clock.now()
    hour = published.next_hour(now) or now + timedelta(seconds=prebuilt.LONGEST)
    response.headers[prebuilt.KEEP] = f"{hour.timestamp():.3f}"
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def links_of_edition(edition: Edition) -> list[EditionLink]:
    """The edition's published lists, the most telling first, for the visitors of its page."""
    return [
        EditionLink(
            f"{words.KINDS[head.kind]} · {named(head.stage)}" if head.stage else words.KINDS[head.kind],
            url_for("results.edition", lang=language(), edition=edition.slug, slug=head.slug),
            "trophy" if head.kind in published.RANKED else "list-check",
        )
        for head in published.current(published.heads_of([edition.id], clock.now()))
    ]


@bp.after_app_request
def _hide_mark(response: Response) -> Response:
    """Outside the layer nobody needs to know how long an answer holds."""
    if request.args or "prebuilt" not in request.environ:
        response.headers.pop(prebuilt.KEEP, None)
    return response


@bp.get(f"/{LANGUAGE}/results")
@bp.get(f"/{LANGUAGE}/results/", endpoint="index_slash")
@public
def index(lang: str) -> BaseResponse:
    now = clock.now()
    editions = published.announced_editions(now)
    heads = published.current(published.heads_of([e.id for e in editions], now))
    by_edition: dict[int, list[published.Head]] = {}
    for head in heads:
        by_edition.setdefault(head.edition_id, []).append(head)
    q = request.args.get("q", "").strip()[:100]
    return kept(
        render_template(
            "publishing/index.html",
            editions=[e for e in editions if e.id in by_edition],
            heads=by_edition,
            words=words,
            q=q,
            schools=find_schools(q, list(by_edition)) if q else [],
        )
    )


def load_page(edition: str, slug: str | None, version: int | None) -> ResultPage:
    now = clock.now()
    found = published.edition_of(edition, now)
    publication, head, heads = published.find_publication(found, slug, version, now)
    q = request.args.get("q", "").strip()[:100]
    return result_page(found, publication, head, now=now, heads=heads, lists=published.current(heads), q=q)


@bp.get(f"/{LANGUAGE}/results/<edition>")
@bp.get(f"/{LANGUAGE}/results/<edition>/<slug>")
@bp.get(f"/{LANGUAGE}/results/<edition>/<slug>/v<int:version>")
@public
def edition(lang: str, edition: str, slug: str | None = None, version: int | None = None) -> BaseResponse:
    page = load_page(edition, slug, version)
    return kept(
        render_template("publishing/result.html", page=page, division=None, words=words, preview=False)
    )


@bp.get(f"/{LANGUAGE}/results/<edition>/<slug>/v<int:version>/changes")
@public
def changes(lang: str, edition: str, slug: str, version: int) -> BaseResponse:
    """What a correction changed, and why."""
    now = clock.now()
    found = published.edition_of(edition, now)
    _row, head, heads = published.find_publication(found, slug, version, now)
    return kept(render_template("publishing/changes.html", found=compared(found, head, heads), words=words))


@bp.get(f"/{LANGUAGE}/results/<edition>/<slug>/d/<division>")
@public
def division(lang: str, edition: str, slug: str, division: str) -> BaseResponse:
    page = load_page(edition, slug, None)
    chosen = next((d for d in page.divisions if d.division.slug == division), None)
    if chosen is None:
        raise NotFound(_("Danh sách này không có bảng đó."))
    return kept(
        render_template("publishing/result.html", page=page, division=chosen, words=words, preview=False)
    )


@bp.get(f"/{LANGUAGE}/results/<edition>/<slug>/v<int:version>.<any(xlsx, csv, pdf, json):kind>")
@public
def download(lang: str, edition: str, slug: str, version: int, kind: str) -> BaseResponse:
    # The PDF is the official paper, which is Vietnamese whoever prints it; data files speak the page's language.
    with force_locale("vi" if kind == "pdf" else lang):
        page = load_page(edition, slug, version)
        data = downloads.make_file(page, kind)
    name = f"{page.edition.slug}-{page.head.slug}-v{version}.{kind}"
    return kept(data, downloads.KINDS[kind], name)


@bp.get(f"/{LANGUAGE}/schools/<slug>")
@public
def school(lang: str, slug: str) -> BaseResponse:
    return kept(render_template("publishing/school.html", page=school_of(slug, clock.now()), words=words))


# -- certificates -----------------------------------------------------------------------------------------------------


@bp.get(f"/{LANGUAGE}/c/<code>")
@public
@limiter.limit("60/minute")
def verify(lang: str, code: str) -> str:
    found = certificates.verified(clock.now(), code=code)
    return render_template("publishing/verify.html", found=found, code=code, answer=None, typed="")


@bp.post(f"/{LANGUAGE}/c/<code>")
@public
@limiter.limit("10/minute;60/hour")
def verify_name(lang: str, code: str) -> str:
    """Yes or no to a typed name; the name itself is not shown, kept or logged."""
    found = certificates.verified(clock.now(), code=code)
    typed = request.form.get("name", "").strip()[:200]
    answer = certificates.is_holder(found.certificate, typed) if typed else None
    return render_template("publishing/verify.html", found=found, code=code, answer=answer, typed=typed)


# It changes nothing and needs no sign-in: a cookie for it would be the only one on public pages.
csrf.exempt(verify_name)


@bp.get(f"/{LANGUAGE}/certificates")
@public
@limiter.limit("30/minute")
def certificate_search(lang: str) -> str:
    """By the number on the paper: whether it is valid, for which prize and school. Initials need the code."""
    number = request.args.get("number", "").strip()[:60]
    found = None
    if number:
        try:
            found = certificates.verified(clock.now(), number=number)
        except NotFound:
            found = None
    return render_template("publishing/certificate_search.html", number=number, found=found)
