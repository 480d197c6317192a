"""Messages: written with the change, sent at least once, never lost to a killed worker."""

from __future__ import annotations

import email
import email.policy
import pathlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import current_app

from incubator.accounts import services as accounts
from incubator.activity import delivery, services
from incubator.activity import jobs as long_jobs
from incubator.core import clock
from incubator.core.access import Actor, Role
from incubator.core.db import transaction
from incubator.core.errors import Invalid
from incubator.models import AddressClaim, InvitationKind, JobRun, JobState, Notification, NotificationState
from tests.factories import AT, make_account
from tests.kept_texts import assert_kept

ME = Actor(system="test")


def mails() -> list[email.message.EmailMessage]:
    folder = pathlib.Path(current_app.config["MAIL_PATH"])
    files = sorted(folder.glob("*.eml")) if folder.exists() else []
    return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]


@pytest.fixture(autouse=True)
def empty_mail_folder(session):
    folder = pathlib.Path(current_app.config["MAIL_PATH"])
    for file in folder.glob("*.eml"):
        file.unlink()


def reset_mail() -> Notification:
    account = make_account(email="co.hang@example.org")
    with transaction():
        accounts.request_reset("co.hang@example.org", at=clock.now())
    return account


def test_a_message_is_sent_after_its_commit(session):
    reset_mail()
    sent = mails()
    assert [m["To"] for m in sent] == ["co.hang@example.org"]
    assert "http://localhost/i/" in sent[0].get_content()


def test_a_rolled_back_change_sends_nothing(session):
    make_account(email="co.hang@example.org")
    session.commit()
    with pytest.raises(Invalid), transaction():
        accounts.request_reset("co.hang@example.org", at=clock.now())
        raise Invalid("no")
    delivery.deliver_pending()
    assert mails() == []


def test_a_lease_that_ran_out_is_sent_again_with_the_same_id(session):
    reset_mail()
    row = session.scalar(sa.select(Notification))
    first = mails()[0]["Message-ID"]
    session.execute(
        sa.update(Notification).values(
            state=NotificationState.SENDING, lease_until=clock.now() - timedelta(minutes=1)
        )
    )
    session.commit()
    assert delivery.deliver_pending() == 1
    assert mails()[0]["Message-ID"] == first
    session.refresh(row)
    assert row.state is NotificationState.SENT


def test_what_another_worker_is_sending_is_left_alone(session):
    reset_mail()
    session.execute(
        sa.update(Notification).values(
            state=NotificationState.SENDING, lease_until=clock.now() + timedelta(minutes=1)
        )
    )
    session.commit()
    assert delivery.deliver_pending() == 0


def test_a_failing_server_is_tried_again_and_then_given_up(session, monkeypatch):
    monkeypatch.setattr(delivery, "_send", lambda mail: (_ for _ in ()).throw(OSError("no route")))
    reset_mail()
    row = session.scalar(sa.select(Notification))
    for _time in range(delivery.MOST_TRIES - 1):
        session.execute(sa.update(Notification).values(not_before=None))
        session.commit()
        delivery.deliver_pending()
    session.refresh(row)
    assert row.state is NotificationState.FAILED
    assert "no route" in row.error


def test_texts_have_their_snapshots(session):
    """Every mail of this domain in both languages."""
    from incubator.activity import messages
    from tests.factories import make_organisation, make_person

    school = make_organisation("Tiểu học Đông Hòa B")
    invited = make_person("Trần Thị Thu Hằng")
    account = make_account()
    link = accounts.invite(InvitationKind.ROLE, actor=ME, at=AT, person_id=invited.id, role=Role.JUDGE)
    contexts = {
        "accounts/reset": {"invitation_id": link.id},
        "accounts/confirm": {"invitation_id": link.id},
        "accounts/invitation": {"invitation_id": link.id},
        "accounts/accepted": {"invited_id": invited.id, "role": "judge"},
        "accounts/teacher_joined": {"organisation_id": school.id, "teacher_id": invited.id},
        "accounts/coordinator_verified": {"organisation_id": school.id},
        "accounts/contact_changed": {},
    }
    parts = []
    claimed = AddressClaim(account_id=make_account(person=invited).id, address=account.email, created_at=AT)
    session.add(claimed)
    session.flush()
    asking = {"account_id": claimed.account_id, "email": services.digest(account.email)}
    confirm = accounts.invite(InvitationKind.CONFIRM, actor=ME, at=AT, **asking)
    for locale in ("vi", "en"):
        invited.locale = locale
        texts = [*contexts.items(), ("accounts/confirm", {"invitation_id": confirm.id})]
        for kind, context in texts:
            row = Notification(kind=kind, context=context, url="/home", created_at=AT)
            text = messages.render(row, invited)
            body = text.body.replace(accounts.link_of(link), "LINK")
            parts.append(f"=== {kind} ({locale})\n{text.subject}\n---\n{body}")
    assert account.email
    assert_kept("mail-accounts.txt", "\n".join(parts))


@long_jobs.job("test.count")
def _count(job, report):
    report(1, 2, "nửa chừng")
    if job.arguments["fail"] == "rule":
        raise Invalid("Thiếu cột ngày sinh.")
    if job.arguments["fail"] == "fault":
        raise ZeroDivisionError
    return {"answer": 42}


@pytest.mark.parametrize(
    ("fail", "state", "message"),
    [
        ("", JobState.DONE, ""),
        ("rule", JobState.FAILED, "Thiếu cột ngày sinh."),
        ("fault", JobState.FAILED, "lỗi hệ thống"),
    ],
)
def test_a_job_ends_and_says_how(session, fail, state, message):
    with transaction():
        run = long_jobs.start("test.count", actor=ME, at=clock.now(), total=2, fail=fail)
    session.refresh(run)
    assert run.state is state
    assert message in run.message


def test_a_killed_job_is_found_again(session):
    with transaction():
        run = long_jobs.start("test.count", actor=ME, at=clock.now(), total=2, fail="")
    session.execute(
        sa.update(JobRun).values(state=JobState.RUNNING, lease_until=clock.now() - timedelta(minutes=1))
    )
    session.commit()
    long_jobs.sweep_jobs()
    session.refresh(run)
    assert run.state is JobState.DONE
    assert run.result == {"answer": 42}


def test_a_job_that_dies_again_and_again_is_given_up(session):
    with transaction():
        run = long_jobs.start("test.count", actor=ME, at=clock.now(), total=2, fail="")
    session.execute(
        sa.update(JobRun).values(
            state=JobState.RUNNING, tries=3, lease_until=clock.now() - timedelta(minutes=1)
        )
    )
    session.commit()
    long_jobs.sweep_jobs()
    session.refresh(run)
    assert run.state is JobState.FAILED
    assert "bị ngắt nhiều lần" in run.message


def test_a_job_is_seen_by_its_owner_only(sign_in, actor_of):
    owner, other = make_account(), make_account()
    with transaction():
        run = long_jobs.start("test.count", actor=actor_of(owner), at=clock.now(), total=2, fail="")
    assert sign_in(owner).get(f"/jobs/{run.id}").status_code == 200
    assert sign_in(other).get(f"/jobs/{run.id}").status_code == 404


def test_notify_many_is_one_statement(session, queries):
    with queries() as log:
        services.notify_many(
            "accounts/accepted", [{"address": f"{i}@example.org"} for i in range(50)], not_before=AT
        )
    assert len(log) == 1


def test_the_mail_screen_finds_by_person_without_diacritics_and_by_state(sign_in):
    from tests.factories import make_person, make_user

    reader = make_person("Nguyễn Thị Ánh")
    with transaction():
        services.notify("accounts/contact_changed", person_id=reader.id, at=AT, address="anh@example.org")
        services.notify("accounts/contact_changed", at=AT, address="khac@example.org")
    browser = sign_in(make_user(Role.ADMINISTRATOR))
    for query, seen in (
        ("q=nguyen+anh", True),
        ("q=anh@example", True),
        ("q=khac@", False),
        ("state=failed", False),
    ):
        assert ("Nguyễn Thị Ánh" in browser.get(f"/mail?{query}").text) is seen, query
