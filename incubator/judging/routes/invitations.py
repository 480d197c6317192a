"""Letting judges in: one link each, as QR, as a text for Zalo, all of a stage on one page."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request

from ...accounts import services as accounts
from ...core import clock, qr
from ...core.db import transaction
from ...core.i18n import _
from ...core.web import current_actor, go
from ..queries import board as boards
from ..queries import invitations as queries
from ..queries import panels as panel_queries
from ..services import panels
from . import bp
from .setup import MANAGE


@bp.get("/stages/<int:stage_id>/invitations")
@MANAGE
def invitations(stage_id: int) -> str:
    """Every judge of the stage: link, text to paste, and who has come in."""
    stage = boards.get_stage_for(current_actor(), stage_id)
    return render_template(
        "judging/invitations.html",
        stage=stage,
        invited=queries.invited_to(stage, at=clock.now()),
        link_of=accounts.link_of,
    )


@bp.post("/stages/<int:stage_id>/invitations")
@MANAGE
def send_invitations(stage_id: int) -> Any:
    """Make the links that are missing; with `send` also mail them to who has not come in yet."""
    actor = current_actor()
    send = request.form.get("send") == "1"
    with transaction():
        at = clock.now()
        stage = boards.get_stage_for(actor, stage_id)
        count = panels.make_links(stage, actor=actor, at=at)
        if send:
            count = panels.send_links(stage, actor=actor, at=at)
    if send:
        flash(_("Đã gửi e-mail mời cho %(n)s giám khảo chưa vào.", n=count), "success")
    else:
        flash(_("Đã lập thêm %(n)s đường dẫn.", n=count), "success")
    return go("judging.invitations", stage_id=stage_id)


@bp.get("/stages/<int:stage_id>/invitations/<int:person_id>")
@MANAGE
def invitation(stage_id: int, person_id: int) -> str:
    """Link, QR and a text to paste into Zalo."""
    stage = boards.get_stage_for(current_actor(), stage_id)
    person, link = queries.get_invitation(stage, person_id)
    address = accounts.link_of(link) if link else ""
    return render_template(
        "judging/invitation.html",
        stage=stage,
        person=person,
        address=address,
        qr=qr.drawing(address) if address else "",
    )


@bp.post("/stages/<int:stage_id>/invitations/<int:person_id>")
@MANAGE
def make_invitation(stage_id: int, person_id: int) -> Any:
    actor = current_actor()
    with transaction():
        stage = boards.get_stage_for(actor, stage_id)
        panel_queries.ensure_member(stage, person_id)
        panels.link_for(person_id, stage, actor=actor, at=clock.now())
    return go("judging.invitation", stage_id=stage_id, person_id=person_id)
