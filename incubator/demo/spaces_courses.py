"""Courses and workshops: two with a waiting list, an induction, one whose door opens today, one that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from ..core.db import db, transaction
from ..models import Account, Event, EventKind, EventRegistration, EventSession
from ..spaces.intervals import Span
from ..spaces.services import events, registrations
from . import season
from .spaces_places import DemoPlaces

NAMES = (
    "Nguyễn Minh Khang", "Trần Bảo Ngọc", "Lê Gia Hân", "Phạm Quốc Việt", "Võ Thùy Dương", "Đặng Hải Đăng",
    "Bùi Khánh Linh", "Hồ Tấn Phát", "Ngô Thanh Trúc", "Dương Hoài Nam", "Lý Kim Ngân", "Đỗ Đức Anh",
    "Mai Phương Thảo", "Trịnh Nhật Minh", "Cao Yến Nhi", "Phan Đình Phúc", "Huỳnh Ngọc Ánh", "Tạ Thành Công",
    "Đinh Tường Vy", "Châu Hữu Nghĩa", "La Bích Phượng", "Kiều Anh Tuấn", "Vương Mỹ Duyên", "Thái Hoàng Long",
)  # fmt: skip
COURSE = events.EventPlan(
    "Arduino cho người mới bắt đầu", EventKind.COURSE, 20, title_en="Arduino for beginners", gives_certificate=True,
    summary="Học bằng cách làm, thiết bị có sẵn tại BIIC. Miễn phí.",
    summary_en="Learn by making; all equipment is at BIIC. Free of charge.",
)  # fmt: skip

#: what, place, its days as working days from today, how many register
COMING: tuple[tuple[events.EventPlan, str, tuple[int, ...], int], ...] = (
    (COURSE, "phong-stem", (7, 9), 24),
    (
        replace(
            COURSE, title="Trải nghiệm sáng tạo: in 3D", title_en="Making with 3D printing",
            kind=EventKind.WORKSHOP, seats=6,
        ),
        "phong-hop-truc-tuyen", (10,), 10,
    ),
    (
        replace(
            COURSE, title="Tập huấn sử dụng máy khắc laser", title_en="Laser engraver induction",
            kind=EventKind.INDUCTION, seats=8, trains="laser", training_months=24, gives_certificate=False,
        ),
        "ho-tro-dnnvv", (4,), 5,
    ),
)  # fmt: skip
TODAY = replace(
    COURSE, title="Ngày STEM: lắp xe dò đường", title_en="STEM day: build a line follower",
    kind=EventKind.WORKSHOP, seats=16,
)  # fmt: skip
OVER = replace(
    COURSE, title="Nhập môn hàn mạch", title_en="Soldering for beginners", seats=12, trains="solder"
)

SpanOf = Callable[[int, tuple[int, int], int], Span]


def load(ctx: season.Context, world: DemoPlaces, span: SpanOf, now: datetime) -> None:
    for plan, place, days, people in COMING:
        event = _event(
            ctx, plan, world.places[place].id, [span(day, (8, 0), 180) for day in days], people, now
        )
        if people > plan.seats and plan.kind is EventKind.WORKSHOP:
            _gives_back(event, now)
    _event(ctx, TODAY, world.places["phong-stem"].id, [span(0, (13, 30), 180)], 12, now)
    _over(ctx, world.places["phong-hop"].id, span(-2, (14, 0), 150), now)


def _event(
    ctx: season.Context, plan: events.EventPlan, place: int, spans: list[Span], people: int, now: datetime
) -> Event:
    at = min(now, spans[0].start) - timedelta(days=6)
    with transaction():
        event = events.create(plan, actor=ctx.actor, at=at)
        for one in spans:
            events.add_session(event.id, place, one, actor=ctx.actor, at=at)
        events.publish(event.id, actor=ctx.actor, at=at)
        for n in range(people):
            registrations.register(
                event.slug, full_name=NAMES[n], contact=f"0912000{n:03d}", at=at + timedelta(hours=n),
                organisation="THPT Võ Minh Đức" if n % 2 else "Đại học Thủ Dầu Một",
            )  # fmt: skip
    return event


def _gives_back(event: Event, now: datetime) -> None:
    """One cannot come: who moves up has left a phone only, so that staff have somebody to call."""
    with transaction():
        code = db.session.scalar(
            sa.select(EventRegistration.code)
            .where(EventRegistration.event_id == event.id)
            .order_by(EventRegistration.id)
            .limit(1)
        )
        registrations.withdraw(code or "", at=now - timedelta(hours=2))


def _over(ctx: season.Context, place: int, span: Span, now: datetime) -> None:
    """All but two came, the student too: certificates and trainings are out."""
    event = _event(ctx, OVER, place, [span], 8, now)
    with transaction():
        student = ctx.people["student"]
        email = db.session.scalar(sa.select(Account.email).where(Account.person_id == student.id))
        own = registrations.register(
            event.slug, full_name=student.full_name, contact=email or "", person_id=student.id,
            organisation="Đại học Thủ Dầu Một", at=span.start - timedelta(days=2),
        )  # fmt: skip
        [session] = db.session.scalars(sa.select(EventSession).where(EventSession.event_id == event.id))
        for registration_id in range(own.id - 6, own.id + 1):
            registrations.attend(session.id, registration_id, actor=ctx.actor, at=span.start)
        events.finish(event.id, actor=ctx.actor, at=span.end)
