"""Deliver the outbox. The row is the truth: claimed with a lease, so a killed worker loses nothing."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from flask import current_app

from ..core import clock, jobs
from ..core.db import changed, db, transaction
from ..models import Account, Notification, NotificationState, Person
from . import messages

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MOST_TRIES = 5
BATCH = 200


@jobs.task
def deliver_pending() -> int:
    """Send what waits; returns how many were sent. Delivery is at least once, with a stable Message-ID."""
    sent = 0
    for notification_id in _due():
        if _claim(notification_id):
            sent += _deliver(notification_id)
    return sent


@jobs.every(minute="*")
def sweep_outbox() -> None:
    """Pick up what a killed worker or a failed enqueue left lying."""
    deliver_pending()


def _due() -> list[int]:
    now = clock.now()
    rows = db.session.scalars(
        sa.select(Notification.id)
        .where(_free(now), sa.or_(Notification.not_before.is_(None), Notification.not_before <= now))
        .order_by(Notification.id)
        .limit(BATCH)
    ).all()
    return list(rows)


def _free(now: object) -> sa.ColumnElement[bool]:
    pending = Notification.state == NotificationState.PENDING
    lost = sa.and_(Notification.state == NotificationState.SENDING, Notification.lease_until < now)
    return sa.or_(pending, lost)


def _claim(notification_id: int) -> bool:
    now = clock.now()
    with transaction():
        claimed = changed(
            sa.update(Notification)
            .where(Notification.id == notification_id, _free(now))
            .values(state=NotificationState.SENDING, lease_until=now + LEASE, tries=Notification.tries + 1)
        )
        return claimed == 1


def _deliver(notification_id: int) -> int:
    notification = db.session.get(Notification, notification_id, populate_existing=True)
    if notification is None:
        return 0
    person = db.session.get(Person, notification.person_id) if notification.person_id else None
    address = notification.address or _address(notification.person_id, person)
    try:
        if address:
            _send(_mail(notification, messages.render(notification, person), address))
        _finish(notification_id, NotificationState.SENT)
        return 1
    except Exception as error:
        log.exception("message could not be delivered", extra={"notification": notification_id})
        gave_up = notification.tries >= MOST_TRIES
        _finish(
            notification_id,
            NotificationState.FAILED if gave_up else NotificationState.PENDING,
            str(error)[:500],
        )
        return 0


def _address(person_id: int | None, person: Person | None) -> str:
    """What the account holds, else what the person typed, as long as that is nobody else's account."""
    if person_id is None:
        return ""
    typed = person.email if person else None
    accounts = db.session.execute(
        sa.select(Account.person_id, Account.email, Account.disabled_at).where(
            sa.or_(Account.person_id == person_id, Account.email == typed if typed else sa.false())
        )
    ).all()
    own = next((a.email for a in accounts if a.person_id == person_id and a.disabled_at is None), None)
    strange = any(a.person_id != person_id for a in accounts)
    return own or ("" if strange else typed) or ""


def _finish(notification_id: int, state: NotificationState, error: str = "") -> None:
    now = clock.now()
    later = now + timedelta(minutes=5) if state is NotificationState.PENDING else None
    with transaction() as session:
        session.execute(
            sa.update(Notification)
            .where(Notification.id == notification_id)
            .values(
                state=state,
                lease_until=None,
                error=error,
                not_before=later,
                sent_at=now if state is NotificationState.SENT else None,
            )
        )


class _WholeSubjects(EmailPolicy):
    """Writes a long subject so that it reads the same again.

    Python 3.11 leaves out the space where a subject with accents breaks into two lines: “mất chỗ,cần chọn”.
    """

    def fold(self, name: str, value: Any) -> str:
        if name.lower() != "subject":
            return str(super().fold(name, value))
        charset = "us-ascii" if value.isascii() else "utf-8"
        text = Header(str(value), charset, header_name=name).encode(linesep=self.linesep)
        return f"{name}: {text}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() != "subject":
            return bytes(super().fold_binary(name, value))
        return self.fold(name, value).encode("ascii")


def _mail(notification: Notification, message: messages.Message, address: str) -> EmailMessage:
    mail = EmailMessage(_WholeSubjects())
    mail["Subject"], mail["To"], mail["From"] = message.subject, address, str(current_app.config["MAIL_FROM"])
    host = urlsplit(str(current_app.config["PUBLIC_URL"])).hostname or "localhost"
    mail["Message-ID"] = f"<notification-{notification.id}@{host}>"
    mail["Date"] = format_datetime(notification.created_at)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    return mail


def _send(mail: EmailMessage) -> None:
    url = str(current_app.config.get("SMTP_URL") or "")
    if not url:
        folder = Path(str(current_app.config["MAIL_PATH"]))
        folder.mkdir(parents=True, exist_ok=True)
        name = mail["Message-ID"].strip("<>").split("@")[0]
        (folder / f"{name}.eml").write_bytes(mail.as_bytes())
        return
    parts = urlsplit(url)
    with smtplib.SMTP(parts.hostname or "localhost", parts.port or 587, timeout=20) as server:
        if parts.scheme != "smtp+plain":
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(mail)
