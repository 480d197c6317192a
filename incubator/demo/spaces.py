"""BIIC and its partners: places, the year 2024 as it was (425 lượt, 14.000 people), and live weeks around today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from random import Random

import sqlalchemy as sa

from ..core import clock
from ..core.clock import at_local
from ..core.db import db, transaction
from ..models import BookingState, Organisation, Person, Purpose, Resource
from ..spaces.intervals import Span
from ..spaces.services.booking_rows import Wish
from ..spaces.services.bulk import PastUse, record_past
from ..spaces.working_days import is_working_day
from . import season, spaces_live, spaces_places

TITLE = "spaces"
PEOPLE_2024, NO_SHOWS_2024 = 14_000, 11

#: slug -> (share of the year's uses, smallest and largest group, purposes with titles)
PATTERNS: dict[str, tuple[int, int, int, tuple[tuple[Purpose, str], ...]]] = {
    "hoi-truong": (
        95, 60, 148,
        (
            (Purpose.EVENT, "Hội thảo khởi nghiệp đổi mới sáng tạo"), (Purpose.EVENT, "Ngày hội STEM"),
            (Purpose.TRAINING, "Tập huấn giáo viên Robotics và AI"), (Purpose.CONTEST, "Vòng thi cấp tỉnh"),
            (Purpose.EVENT, "Hội nghị triển khai đề án"),
        ),
    ),
    "phong-stem": (
        140, 18, 39,
        (
            (Purpose.TRAINING, "Lớp Arduino cơ bản"), (Purpose.TRAINING, "Trải nghiệm sáng tạo thiết bị"),
            (Purpose.CONTEST, "Luyện tập Robocon"), (Purpose.TRAINING, "Lớp lập trình Scratch"),
        ),
    ),
    "phong-hop": (
        75, 5, 12,
        (
            (Purpose.MEETING, "Họp nhóm dự án"), (Purpose.MENTORING, "Gặp cố vấn"),
            (Purpose.MEETING, "Họp Hội đồng tư vấn"),
        ),
    ),
    "ca-phe-sang-tao": (
        45, 12, 25, ((Purpose.EVENT, "Cà phê sáng tạo"), (Purpose.MEETING, "Gặp gỡ nhà đầu tư")),
    ),
    "fablab": (
        31, 8, 20,
        (
            (Purpose.VISIT, "Tham quan FabLab"), (Purpose.TRAINING, "Tập huấn an toàn FabLab"),
            (Purpose.TRAINING, "Lớp chế tác robot"),
        ),
    ),
    "may-khac-laser": (12, 1, 3, ((Purpose.MAKING, "Khắc mô hình dự thi"), (Purpose.MAKING, "Cắt mica vỏ hộp"))),
    "may-in-3d-1": (9, 1, 3, ((Purpose.MAKING, "In khung robot"), (Purpose.MAKING, "In mẫu thử sản phẩm"))),
    "may-in-3d-2": (7, 1, 3, ((Purpose.MAKING, "In bánh răng"), (Purpose.MAKING, "In mẫu thử sản phẩm"))),
    "may-cat-decal": (5, 1, 2, ((Purpose.MAKING, "Cắt decal gian hàng"),)),
    "may-cnc-mini": (4, 1, 2, ((Purpose.MAKING, "Phay khung xe"),)),
    "may-cua-bao": (2, 1, 3, ((Purpose.MAKING, "Cưa gỗ làm sa bàn"),)),
}  # fmt: skip
WORKSHOP = {
    slug for slug in PATTERNS if slug == "fablab" or slug.startswith("may-")
}  # the whole and its machines
STARTS = (time(7, 30), time(8), time(8, 30), time(9), time(13, 30), time(14), time(14, 30))
MONTH_WEIGHT = {1: 5, 2: 3, 3: 8, 4: 8, 5: 9, 6: 9, 7: 10, 8: 10, 9: 9, 10: 11, 11: 12, 12: 8}


def load(ctx: season.Context) -> None:
    at = clock.now()
    with transaction():
        world = spaces_places.build(ctx, at)
    with transaction():
        spaces_places.confirm_year(world.site.id, 2024, ctx.actor, at)
        spaces_places.confirm_year(world.site.id, ctx.today.year, ctx.actor, at)
    with transaction():
        uses = _year_2024(ctx.random("spaces-2024"), world)
        record_past(uses, actor=ctx.actor, at=at)
    spaces_live.load(ctx, world)


def _year_2024(rng: Random, world: spaces_places.DemoPlaces) -> list[PastUse]:
    """Exactly 425 uses and 14.000 people; the last groups take up the difference."""
    organisations: Sequence[tuple[int, str]] = list(
        db.session.execute(sa.select(Organisation.id, Organisation.name).order_by(Organisation.id)).all()
    )
    people = list(db.session.scalars(sa.select(Person.id).order_by(Person.id).limit(12)))
    days = _weighted_days(rng)
    uses: list[PastUse] = []
    workshop: list[Span] = []
    for slug, (share, low, high, topics) in PATTERNS.items():
        place = world.places[slug]
        taken = workshop if slug in WORKSHOP else []
        uses += _uses(rng, place, share, low, high, topics, days, organisations, people, taken)
    return _counted(rng, uses, world)


def _weighted_days(rng: Random) -> list[date]:
    """Working days of 2024, busier before the contests of autumn, with some Saturdays."""
    whole = [date(2024, 1, 2) + timedelta(days=n) for n in range(364)]
    days = [d for d in whole if is_working_day(d) or (d.weekday() == 5 and d.day > 7)]
    weights = [MONTH_WEIGHT[d.month] * (1 if d.weekday() < 5 else 0.4) for d in days]
    return rng.choices(days, weights, k=6000)


def _uses(
    rng: Random,
    place: Resource,
    share: int,
    low: int,
    high: int,
    topics: tuple[tuple[Purpose, str], ...],
    days: list[date],
    organisations: Sequence[tuple[int, str]],
    people: list[int],
    taken: list[Span],
) -> list[PastUse]:
    """`share` uses of one place that overlap nothing in `taken`, clearing time included."""
    found: list[PastUse] = []
    clearing = timedelta(minutes=int(place.rules.get("after_minutes", 0)))
    while len(found) < share:
        day, start = rng.choice(days), rng.choice(STARTS)
        begin = at_local(day, start)
        span = Span(begin, begin + timedelta(minutes=rng.choice((90, 120, 150, 180, 210))))
        block = Span(span.start, span.end + clearing)
        if any(block.overlaps(other) for other in taken):
            continue
        taken.append(block)
        purpose, title = rng.choice(topics)
        by_body = rng.random() < 0.75 and organisations
        organisation = rng.choice(organisations) if by_body else None
        wish = Wish(
            resource_id=place.id, span=span, people=rng.randint(low, high), purpose=purpose, title=title,
            title_public=purpose in (Purpose.EVENT, Purpose.CONTEST),
            organisation_id=organisation[0] if organisation else None, requester_id=rng.choice(people),
        )  # fmt: skip
        found.append(PastUse(wish, begin - timedelta(days=rng.randint(2, 30), hours=rng.randint(0, 8))))
    return found


def _counted(rng: Random, uses: list[PastUse], world: spaces_places.DemoPlaces) -> list[PastUse]:
    """Head-counts near what was expected; their sum is made exact within each place's capacity."""
    absent = set(rng.sample(range(len(uses)), NO_SHOWS_2024))
    room = {place.id: place.capacity or 1 for place in world.places.values()}
    counts = [
        0
        if i in absent
        else max(1, min(room[use.wish.resource_id], round(use.wish.people * rng.uniform(0.8, 1.05))))
        for i, use in enumerate(uses)
    ]
    present = [i for i in range(len(uses)) if i not in absent]
    while (missing := PEOPLE_2024 - sum(counts)) != 0:
        step = 1 if missing > 0 else -1
        for i in rng.sample(present, min(abs(missing), len(present))):
            if 1 <= counts[i] + step <= room[uses[i].wish.resource_id]:
                counts[i] += step
    return [_settled(use, counts[i], i in absent) for i, use in enumerate(uses)]


def _settled(use: PastUse, people: int, absent: bool) -> PastUse:
    if absent:
        return PastUse(use.wish, use.asked_at, BookingState.NO_SHOW)
    return PastUse(
        use.wish, use.asked_at, BookingState.DONE, checked_in=max(1, people - people % 3), confirmed=people
    )
