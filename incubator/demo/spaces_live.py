"""Weeks around today that are alive: bookings, rivals, a machine down, courses with a waiting list, a series."""

from __future__ import annotations

from datetime import date, time, timedelta

import sqlalchemy as sa

from ..core import clock
from ..core.access import Actor
from ..core.clock import at_local
from ..core.db import db, transaction
from ..models import (
    Account,
    Organisation,
    OrganisationKind,
    OutageKind,
    Purpose,
    Stage,
)
from ..spaces.calendar_feed import FeedEntry, write
from ..spaces.intervals import Span
from ..spaces.queries import closures as closure_queries
from ..spaces.recurrence import Every, Pattern, Scope
from ..spaces.services import (
    bookings,
    closures,
    day,
    imports,
    occupancy,
    outages,
    series,
    stages,
    trainings,
)
from ..spaces.services.booking_rows import Wish
from ..spaces.services.occupancy import Want
from ..spaces.working_days import is_working_day
from . import season, spaces_courses
from .spaces_places import DemoPlaces

PLAN = (
    # working days from today, start, minutes, place, people, purpose, title, public
    (-4, (8, 0), 180, "phong-stem", 32, Purpose.TRAINING, "Lớp trải nghiệm sáng tạo", False),
    (-4, (14, 0), 120, "phong-hop", 8, Purpose.MENTORING, "Gặp cố vấn: Mạch Vàng AI", False),
    (-3, (8, 30), 150, "hoi-truong", 110, Purpose.EVENT, "Hội thảo chuyển đổi số trường học", True),
    (-2, (9, 0), 120, "phong-stem", 24, Purpose.CONTEST, "Luyện Robocon", False),
    (-1, (13, 30), 120, "ca-phe-sang-tao", 18, Purpose.EVENT, "Cà phê sáng tạo tháng này", True),
    (0, (8, 0), 180, "phong-stem", 28, Purpose.TRAINING, "Lớp Arduino cơ bản", False),
    (0, (9, 0), 90, "phong-hop", 9, Purpose.MEETING, "Họp nhóm dự án Nước sạch", False),
    (0, (13, 30), 150, "hoi-truong-a", 60, Purpose.TRAINING, "Tập huấn giáo viên Robotics", True),
    (0, (14, 0), 120, "ca-phe-sang-tao", 15, Purpose.MEETING, "Gặp gỡ nhà đầu tư", False),
    (1, (8, 30), 120, "may-in-3d-2", 2, Purpose.MAKING, "In khung robot", False),
    (1, (13, 30), 180, "phong-stem", 35, Purpose.TRAINING, "Lớp lập trình Scratch", False),
    (2, (8, 0), 210, "hoi-truong", 130, Purpose.EVENT, "Ngày hội khởi nghiệp trẻ", True),
    (2, (14, 0), 120, "ho-tro-dnnvv", 6, Purpose.MEETING, "Tư vấn sở hữu trí tuệ", False),
    (3, (9, 0), 120, "phong-hop", 10, Purpose.MEETING, "Hội đồng tư vấn ươm tạo", False),
    (4, (13, 30), 120, "phong-stem", 30, Purpose.CONTEST, "Luyện Robocon", False),
    (6, (8, 0), 180, "ca-phe-sang-tao", 22, Purpose.EVENT, "Giới thiệu sản phẩm OCOP", True),
)  # fmt: skip


def load(ctx: season.Context, world: DemoPlaces) -> None:
    Live(ctx, world).load()


class Live:
    """Each step is one use case with its own actor and its own moment."""

    def __init__(self, ctx: season.Context, world: DemoPlaces) -> None:
        self.ctx, self.world = ctx, world
        self.today = ctx.today
        self.asked = at_local(ctx.today - timedelta(days=12), time(9))
        self.now = max(clock.now(), at_local(ctx.today, time(0)))

    def load(self) -> None:
        self._training()
        self._uses()
        self._companies()
        self._rivals()
        spaces_courses.load(self.ctx, self.world, self.span, self.now)
        self._series()
        self._calendar()
        self._stages()
        self._outage()
        self._proposal()

    def working_day(self, away: int) -> date:
        """The n-th working day before or after today; 0 is today or the next one."""
        found, step = self.today, 1 if away >= 0 else -1
        while not is_working_day(found):
            found += timedelta(days=1)
        for _n in range(abs(away)):
            found += timedelta(days=step)
            while not is_working_day(found):
                found += timedelta(days=step)
        return found

    def span(self, away: int, start: tuple[int, int], minutes: int) -> Span:
        begin = at_local(self.working_day(away), time(*start))
        return Span(begin, begin + timedelta(minutes=minutes))

    def actor(self, part: str) -> Actor:
        person = self.ctx.people[part]
        account = db.session.scalar(sa.select(Account.id).where(Account.person_id == person.id))
        return Actor(person_id=person.id, account_id=account, name=person.full_name)

    def organisations(self, kind: OrganisationKind, most: int) -> list[int]:
        return list(
            db.session.scalars(
                sa.select(Organisation.id)
                .where(Organisation.kind == kind)
                .order_by(Organisation.id)
                .limit(most)
            )
        )

    def _uses(self) -> None:
        schools = self.organisations(OrganisationKind.SCHOOL, 6)
        people = [
            self.ctx.people[p].id
            for p in ("teacher", "student", "mentor", "organiser")
            if p in self.ctx.people
        ]
        with transaction():
            for n, (away, start, minutes, slug, count, purpose, title, public) in enumerate(PLAN):
                span = self.span(away, start, minutes)
                wish = Wish(
                    self.world.places[slug].id, span, count, purpose, title, title_public=public,
                    requester_id=people[n % len(people)], layout="classroom" if count > 20 else "",
                    organisation_id=schools[n % len(schools)] if schools and n % 3 else None,
                    equipment=("projector",) if count > 14 else (),
                )  # fmt: skip
                made = bookings.book(
                    wish, actor=self.ctx.actor, at=min(self.asked, span.start - timedelta(days=2))
                )
                if span.end < self.now:
                    made.checked_in, made.checked_in_at = count - 2, span.start
                    day.check_out(made.id, actor=self.ctx.actor, at=span.end, people=count - 1)
                elif span.start < self.now:
                    made.checked_in, made.checked_in_at = count, span.start

    def _companies(self) -> None:
        """Two companies wrote letters: staff book for them, at the price for companies."""
        companies = [
            Organisation(
                name=name, slug=slug, kind=OrganisationKind.COMPANY, created_at=self.asked, verified_at=self.asked
            )
            for slug, name in (
                ("co-khi-tan-uyen", "Công ty Cơ khí Tân Uyên"), ("nong-san-dau-tieng", "Công ty Nông sản Dầu Tiếng"),
            )
        ]  # fmt: skip
        with transaction():
            db.session.add_all(companies)
        plan = (
            (-2, "phong-hop", (9, 0), 120, 8, "Phỏng vấn tuyển dụng"),
            (3, "phong-stem", (13, 30), 180, 30, "Đào tạo nhân viên"),
        )
        for number, (away, slug, start, minutes, people, title) in enumerate(plan, start=12):
            company = companies[number - 12]
            span = self.span(away, start, minutes)
            wish = Wish(
                self.world.places[slug].id, span, people, Purpose.TRAINING, title,
                organisation_id=company.id, body_name=company.name, letter_number=f"{number}/CV",
            )  # fmt: skip
            with transaction():
                made = bookings.book(
                    wish, actor=self.ctx.actor, at=min(self.asked, span.start - timedelta(days=2))
                )
            if span.end < self.now:
                with transaction():
                    day.check_out(made.id, actor=self.ctx.actor, at=span.end, people=people)

    def _rivals(self) -> None:
        """Two bodies want the hall at one time; three more requests wait."""
        schools = self.organisations(OrganisationKind.SCHOOL, 3)
        hall = self.world.places["hoi-truong"].id
        at = self.now - timedelta(hours=5)
        asks = (
            ("teacher", hall, 5, (13, 30), 150, 120, Purpose.TRAINING, "Tập huấn Robotics cho bốn trường", True),
            ("student", hall, 5, (14, 0), 120, 60, Purpose.EVENT, "Hội thảo giới thiệu sản phẩm", False),
            ("mentor", self.world.places["hoi-truong-b"].id, 5, (13, 30), 120, 40, Purpose.EVENT, "Gặp mặt cố vấn", False),
            ("student", self.world.places["phong-stem"].id, 6, (18, 0), 120, 20, Purpose.CONTEST, "Luyện tập buổi tối", False),
            ("teacher", self.world.places["fablab"].id, 8, (8, 0), 180, 18, Purpose.VISIT, "Học sinh tham quan FabLab", True),
        )  # fmt: skip
        for n, (who, place, away, start, minutes, people, purpose, title, school) in enumerate(asks):
            wish = Wish(
                place, self.span(away, start, minutes), people, purpose, title,
                organisation_id=schools[0] if school and schools else None,
            )  # fmt: skip
            with transaction():
                bookings.book(wish, actor=self.actor(who), at=at - timedelta(hours=7 * n))

    def _training(self) -> None:
        with transaction():
            for part, kind in (
                ("student", "printer"),
                ("student", "solder"),
                ("teacher", "laser"),
                ("teacher", "cnc"),
            ):
                trainings.grant_training(
                    self.ctx.people[part].id, kind, on=self.today - timedelta(days=60), months=24,
                    actor=self.ctx.actor, at=self.asked,
                )  # fmt: skip

    def _series(self) -> None:
        """Robocon practice on two afternoons a week, one date taken out."""
        first = self.span(5, (15, 30), 90)
        start = clock.local(first.start).date()
        pattern = Pattern(Every.WEEK, weekdays=(start.weekday(),), until=start + timedelta(weeks=6))
        wish = Wish(
            self.world.places["phong-stem"].id, first, 14, Purpose.CONTEST, "Luyện Robocon hằng tuần",
            requester_id=self.ctx.people["teacher"].id,
        )  # fmt: skip
        with transaction():
            found = series.preview(wish, pattern, actor=self.ctx.actor, at=self.asked)
            only = [p.day for p in found if p.is_possible]
            _row, made, _out = series.book(wish, pattern, actor=self.ctx.actor, at=self.asked, only=only)
            if len(made) > 2:
                series.cancel(
                    made[2].id, Scope.ONE, actor=self.ctx.actor, at=self.now, reason="Trường thi giữa kỳ"
                )

    def _calendar(self) -> None:
        """The chamber of commerce sent the calendar of its consulting mornings as a file."""
        entries = [
            FeedEntry(
                f"tu-van-{n}@hiep-hoi.example", self.span(away, (8, 0), 120), "Sáng tư vấn", "", self.asked
            )
            for n, away in enumerate((5, 10, 15))
        ]
        window = Span(self.now, self.span(20, (17, 0), 0).end)
        with transaction():
            imports.import_file(
                write("Sáng tư vấn", entries), self.world.places["ho-tro-dnnvv"].id, window,
                name="lich-tu-van.ics", actor=self.ctx.actor, at=self.asked,
            )  # fmt: skip

    def _stages(self) -> None:
        """Rounds that lie ahead hold the hall, like everything else."""
        rows = db.session.scalars(
            sa.select(Stage)
            .where(Stage.starts_at > self.now, Stage.venue != "Trực tuyến")
            .order_by(Stage.starts_at)
        ).all()
        hall = self.world.places["hoi-truong"].id
        with transaction():
            for stage in rows:
                assert stage.starts_at is not None
                day_of = clock.local(stage.starts_at).date()
                span = Span(at_local(day_of, time(7, 30)), at_local(day_of, time(17)))
                if not occupancy.clashes_of([Want(hall, span)]):
                    stages.hold(stage.id, hall, span, actor=self.ctx.actor, at=self.asked)

    def _outage(self) -> None:
        """The mini CNC is down until the day after tomorrow; one booking lost its place."""
        machine = self.world.places["may-cnc-mini"].id
        wish = Wish(
            machine, self.span(1, (14, 0), 120), 2, Purpose.MAKING, "Phay khung xe",
            requester_id=self.ctx.people["teacher"].id,
        )  # fmt: skip
        begin = at_local(self.today, time(7))
        with transaction():
            bookings.book(wish, actor=self.ctx.actor, at=self.asked)
        with transaction():
            outages.declare(
                machine, Span(begin, at_local(self.working_day(2), time(17))), reason="Chờ thay trục chính",
                actor=self.ctx.actor, at=self.now, kind=OutageKind.OUTAGE,
            )  # fmt: skip

    def _proposal(self) -> None:
        """Next year's days off wait for the staff; two of them touch a booking."""
        with transaction():
            closures.propose_year(self.world.site.id, self.today.year + 1, actor=self.ctx.actor, at=self.now)
        days = [
            day.day
            for day in closure_queries.days_of(self.world.site.id, self.today.year + 1)
            if day.open_as is None and day.day.weekday() < 5
        ]
        for number, place, title in (
            (1, "phong-stem", "Lớp Scratch mùa xuân"),
            (2, "phong-hop", "Họp tổng kết nhóm"),
        ):
            begin = at_local(days[number], time(8, 30))
            wish = Wish(
                self.world.places[place].id, Span(begin, begin + timedelta(hours=2)), 8, Purpose.TRAINING, title,
                requester_id=self.ctx.people["teacher"].id,
            )  # fmt: skip
            with transaction():
                bookings.book(wish, actor=self.ctx.actor, at=self.now)
