"""Database session, column types and the one place that commits.

SQLite and PostgreSQL take the same path. On SQLite a write transaction waits for its turn (`writers`) and then opens
with BEGIN IMMEDIATE, so that nothing can change between a check and its write. On PostgreSQL callers lock the rows that they check with `lock_rows()`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, mapped_column
from sqlalchemy.types import TypeDecorator

from . import writers
from .errors import Conflict
from .i18n import _

log = logging.getLogger(__name__)

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. Refuses naive values; SQLite text always has microseconds, so it sorts right."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        value = _in_utc(value)
        return value.replace(tzinfo=None) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    # Lists of thousands of moments are read, and a booking writes dozens: between SQLite's text and an aware moment
    # the driver's type and ours would take three steps.

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
        return _text_of if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(
        self, dialect: sa.Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        return _moment_of if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"A naive datetime cannot be stored: {value!r}")
    return value.astimezone(UTC)


def _text_of(value: datetime | None) -> str | None:
    value = _in_utc(value)
    return None if value is None else value.replace(tzinfo=None).isoformat(" ", "microseconds")


def _moment_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


class Base(DeclarativeBase):
    """All tables. Relations are `lazy="raise"`: a query that is not spelled out is an error, not a slow page."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {
        datetime: UTCDateTime(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
    }

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)


E_ = TypeVar("E_", bound=StrEnum)


def enum_column(kind: type[E_]) -> sa.Enum:
    """A StrEnum stored by value as text. New values need no migration; Python refuses unknown ones."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [m.value for m in members],
    )


def key_column(length: int) -> sa.types.TypeEngine[str]:
    """Text that is compared and sorted byte by byte on both databases, whatever the server's own collation is."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


class Session(FlaskSession):
    """Inside `transaction()` every ORM read sees the row of now, never the copy read before the lock.

    Outside it the database is told of no transaction: each SELECT sees what is committed (PostgreSQL's default does
    not promise more), and two round trips a page are saved.
    """

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        return self._db.engine if bind is None else bind  # there is one database

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> sa.Connection:
        held: sa.Connection | None = self.info.get("connection")
        if held is not None and not bind_arguments and not execution_options:
            return held
        return super().connection(bind_arguments, execution_options)

    def get(self, entity: Any, ident: Any, **kw: Any) -> Any:
        if self.info.get("writing"):
            kw["populate_existing"] = True
        return super().get(entity, ident, **kw)


db = SQLAlchemy(
    metadata=Base.metadata,
    disable_autonaming=True,
    session_options={"class_": Session, "expire_on_commit": False},
)


@event.listens_for(Session, "do_orm_execute")
def _read_fresh_rows_when_writing(state: ORMExecuteState) -> None:
    if not state.session.info.get("writing"):
        if state.is_insert or state.is_update or state.is_delete:
            _refuse_unasked(state.session)
    elif state.is_select and not state.is_column_load:
        state.update_execution_options(populate_existing=True)


@event.listens_for(Session, "before_flush")
def _write_in_transactions_only(session: sa.orm.Session, _context: Any, _instances: Any) -> None:
    if not session.info.get("writing"):
        _refuse_unasked(session)


def _refuse_unasked(session: sa.orm.Session) -> None:
    """Outside `transaction()` a write would be committed by itself, one statement at a time."""
    if isinstance(session.get_bind(), sa.Engine):
        raise RuntimeError("Rows are written inside transaction() only.")


def init_engine(app: Flask) -> None:
    """Give SQLite connections WAL and foreign keys; no driver begins by itself. Needs an application context."""
    engine = db.engine
    if hasattr(engine, "incubator_begin"):
        return
    sqlite = engine.dialect.name == "sqlite"
    engine.incubator_begin = "BEGIN IMMEDIATE" if sqlite else "BEGIN"  # type: ignore[attr-defined]
    waits = bool(app.config.get("COMMITS_WAIT_FOR_DISK"))
    if sqlite:
        level = "FULL" if waits else "NORMAL"
        # A checkpoint at every 4,000 pages (16 MB) instead of 1,000: a page that many writes touch is copied once.
        settings = [
            "journal_mode=WAL",
            f"synchronous={level}",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "wal_autocheckpoint=4000",
        ]
        settings = [f"PRAGMA {setting}" for setting in settings]
    else:  # compiling a plan costs more than any question of ours
        settings = [f"SET synchronous_commit TO {'on' if waits else 'off'}", "SET jit TO off"]

    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        if sqlite:
            dbapi.isolation_level = None
        else:
            dbapi.autocommit = True
        for setting in settings:
            dbapi.execute(setting)


def one_state() -> None:
    """From here to the end of the request the session reads one state of the database, for long files read in parts."""
    if isinstance(db.engine, sa.Engine) and not in_transaction():
        db.session.connection().exec_driver_sql("BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """The only commit. Begins for writing, yields the session, commits, then runs what `after_commit` queued.

    An exception rolls everything back and drops the queue. A broken unique or exclusion constraint comes out as
    `Conflict` with `details["constraint"]`.
    Raises RuntimeError when nested, or when the session already holds unsaved changes.
    """
    session = cast("Session", db.session())
    if session.info.get("writing"):
        raise RuntimeError("transaction() does not nest: one request, one commit.")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("Changes were made before transaction() began.")
    callbacks: list[Callable[[], Any]] = []
    session.info["writing"], session.info["after_commit"] = True, callbacks
    try:
        with writers.turn(_database_file()):
            try:
                _begin(session)
                yield session
                session.commit()
            except IntegrityError as error:
                session.rollback()
                raise conflict_from(error) from error
            except BaseException:
                session.rollback()
                raise
    finally:
        for key in ("writing", "after_commit", "connection"):
            session.info.pop(key, None)
    for callback in callbacks:
        try:
            callback()
        except Exception:
            # The row that describes the work is committed; the sweep of the outbox finds it again.
            log.exception("after_commit callback failed")


def _database_file() -> str | None:
    """Where SQLite keeps the database, None for any other."""
    engine = db.engine.engine  # tests put a connection in the engine's place
    return engine.url.database if engine.dialect.name == "sqlite" else None


def _begin(session: Session) -> None:
    """Begin on the connection that the session reads from: what was read before holds no lock and no old state."""
    engine = db.engine
    if isinstance(engine, sa.Engine):
        connection = session.connection()
        connection.exec_driver_sql(engine.incubator_begin)  # type: ignore[attr-defined]
        session.info["connection"] = connection
    else:  # tests put a connection that has begun in the engine's place: keep what they made before
        session.commit()
        session.connection()


def changed(statement: sa.Update | sa.Delete) -> int:
    """Run a statement that changes rows; how many it touched (0: somebody was faster)."""
    return cast("sa.CursorResult[Any]", db.session.execute(statement)).rowcount


def in_transaction() -> bool:
    """Whether this thread is inside `transaction()`."""
    return bool(db.session().info.get("writing"))


def after_commit(function: Callable[..., Any], *args: Any) -> None:
    """Run `function(*args)` once the running transaction is committed; not at all if it rolls back."""
    queue = db.session().info.get("after_commit")
    if queue is None:
        raise RuntimeError("after_commit() is for use inside transaction().")
    queue.append(lambda: function(*args))


def lock_rows(model: type[Base], ids: Iterable[int]) -> None:
    """Lock rows in the order of their ids: SELECT … FOR UPDATE on PostgreSQL, BEGIN IMMEDIATE holds on SQLite.

    Call it first inside `transaction()`, before reading what is to be checked.
    """
    wanted = sorted(set(ids))
    if not wanted or db.engine.dialect.name == "sqlite":
        return
    db.session.connection().execute(_locking(model), {"ids": wanted})


@cache
def _locking(model: type[Base]) -> sa.Select[int]:
    """Prepared once: building the statement takes longer than the database takes to answer it."""
    ids: sa.BindParameter[int] = sa.bindparam("ids", expanding=True)
    return sa.select(model.id).where(model.id.in_(ids)).order_by(model.id).with_for_update()


def constraint_name(error: IntegrityError) -> str:
    """Name of the broken constraint, the same on both databases (SQLite names unique ones by their columns)."""
    diag = getattr(error.orig, "diag", None)
    if diag is not None:
        return str(diag.constraint_name or "")
    text = str(error.orig)
    if text.startswith("UNIQUE constraint failed: "):
        columns = text.removeprefix("UNIQUE constraint failed: ").split(", ")
        if columns[0].startswith("index '"):
            return columns[0][7:].strip("'")
        table = columns[0].split(".")[0]
        return f"uq_{table}_" + "_".join(c.split(".")[1] for c in columns)
    if text.startswith("CHECK constraint failed: "):
        return text.removeprefix("CHECK constraint failed: ")
    return text


def conflict_from(error: IntegrityError) -> Conflict:
    """The refusal for a broken constraint. Services that know better catch it in a savepoint and say more."""
    return Conflict(
        _("Dữ liệu vừa được người khác thay đổi hoặc đã có sẵn. Tải lại trang rồi thử lại."),
        constraint=constraint_name(error),
    )
