"""spaces.

Revision ID: ff42a1f829ff
Revises: 450ae3105896
"""

import sqlalchemy as sa
from alembic import op

from incubator.models import guards

revision = 'ff42a1f829ff'
down_revision = '450ae3105896'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('booking_series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=200), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('starts', sa.Time(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('deleted', sa.JSON(), nullable=False),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_booking_series_created_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking_series'))
    )
    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=100), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum('course', 'workshop', 'induction', 'open_day', name='eventkind', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', 'cancelled', 'done', name='eventstate', native_enum=False, length=32), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trains', sa.String(length=60), nullable=False),
    sa.Column('training_months', sa.Integer(), nullable=True),
    sa.Column('gives_certificate', sa.Boolean(), nullable=False),
    sa.Column('host_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('seats >= 1', name=op.f('ck_event_seats')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_event_created_by_id_person')),
    sa.ForeignKeyConstraint(['host_id'], ['organisation.id'], name=op.f('fk_event_host_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('slug', name=op.f('uq_event_slug'))
    )
    op.create_table('closure_day',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('open_as', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['person.id'], name=op.f('fk_closure_day_confirmed_by_id_person')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_closure_day_site_id_site'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closure_day')),
    sa.UniqueConstraint('site_id', 'day', name=op.f('uq_closure_day_site_id_day'))
    )
    op.create_table('event_registration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('full_name', sa.String(length=200), nullable=False),
    sa.Column('contact', sa.String(length=254), nullable=False),
    sa.Column('organisation', sa.String(length=200), nullable=False),
    sa.Column('state', sa.Enum('registered', 'waiting', 'offered', 'cancelled', 'lapsed', name='registrationstate', native_enum=False, length=32), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offered_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('certificate_number', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_registration_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_registration_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_registration')),
    sa.UniqueConstraint('code', name=op.f('uq_event_registration_code')),
    sa.UniqueConstraint('event_id', 'contact', name=op.f('uq_event_registration_event_id_contact'))
    )
    op.create_index('ix_event_registration_event_state', 'event_registration', ['event_id', 'state'], unique=False)
    op.create_index(op.f('ix_event_registration_person_id'), 'event_registration', ['person_id'], unique=False)
    op.create_table('training_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('training', sa.String(length=60), nullable=False),
    sa.Column('granted_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_training_record_event_id_event')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['person.id'], name=op.f('fk_training_record_granted_by_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_record_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_record'))
    )
    op.create_index('ix_training_record_person_training', 'training_record', ['person_id', 'training'], unique=False)
    op.create_table('booking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('requested', 'confirmed', 'declined', 'cancelled', 'displaced', 'no_show', 'done', name='bookingstate', native_enum=False, length=32), nullable=False),
    sa.Column('purpose', sa.Enum('event', 'training', 'coworking', 'making', 'mentoring', 'contest', 'meeting', 'visit', name='purpose', native_enum=False, length=32), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('title_public', sa.Boolean(), nullable=False),
    sa.Column('requester_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('body_name', sa.String(length=200), nullable=False),
    sa.Column('body_phone', sa.String(length=40), nullable=False),
    sa.Column('letter_number', sa.String(length=60), nullable=False),
    sa.Column('responsible_name', sa.String(length=200), nullable=False),
    sa.Column('responsible_phone', sa.String(length=40), nullable=False),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('checked_in', sa.Integer(), nullable=True),
    sa.Column('confirmed', sa.Integer(), nullable=True),
    sa.Column('layout', sa.String(length=40), nullable=False),
    sa.Column('equipment', sa.JSON(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('consumables', sa.JSON(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=True),
    sa.Column('series_date', sa.Date(), nullable=True),
    sa.Column('conditions', sa.JSON(), nullable=False),
    sa.Column('answer_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hold_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('checked_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('idempotency_key', sa.String(length=64), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('expected >= 1', name=op.f('ck_booking_expected')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_booking_forward')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_booking_created_by_id_person')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_booking_decided_by_id_person')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_booking_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['requester_id'], ['person.id'], name=op.f('fk_booking_requester_id_person')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_booking_resource_id_resource')),
    sa.ForeignKeyConstraint(['series_id'], ['booking_series.id'], name=op.f('fk_booking_series_id_booking_series')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_booking_team_id_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking')),
    sa.UniqueConstraint('code', name=op.f('uq_booking_code')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_booking_idempotency_key'))
    )
    op.create_index(op.f('ix_booking_organisation_id'), 'booking', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_booking_requester_id'), 'booking', ['requester_id'], unique=False)
    op.create_index('ix_booking_resource_starts', 'booking', ['resource_id', 'starts_at'], unique=False)
    op.create_index(op.f('ix_booking_series_id'), 'booking', ['series_id'], unique=False)
    op.create_index('ix_booking_state_starts', 'booking', ['state', 'starts_at'], unique=False)
    op.create_index(op.f('ix_booking_team_id'), 'booking', ['team_id'], unique=False)
    op.create_table('calendar_feed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('mine', 'resource', name='feedkind', native_enum=False, length=32), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_feed_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_calendar_feed_resource_id_resource'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('person_id', 'kind', 'resource_id', name=op.f('uq_calendar_feed_person_id_kind_resource_id'))
    )
    op.create_table('calendar_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('window_start', sa.DateTime(timezone=True), nullable=False),
    sa.Column('window_end', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stored', sa.Integer(), nullable=False),
    sa.Column('clashes', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_calendar_import_by_id_person')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_calendar_import_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_import'))
    )
    op.create_index(op.f('ix_calendar_import_resource_id'), 'calendar_import', ['resource_id'], unique=False)
    op.create_table('entitlement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('resource_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('source_kind', sa.String(length=40), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('decision', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_entitlement_minutes')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_entitlement_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_entitlement_person_id_person')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_entitlement_resource_id_resource')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_entitlement_team_id_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entitlement'))
    )
    op.create_index(op.f('ix_entitlement_organisation_id'), 'entitlement', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_entitlement_person_id'), 'entitlement', ['person_id'], unique=False)
    op.create_index(op.f('ix_entitlement_team_id'), 'entitlement', ['team_id'], unique=False)
    op.create_table('event_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed', sa.Integer(), nullable=True),
    sa.Column('displaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_event_session_forward')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_session_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_event_session_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_session'))
    )
    op.create_index(op.f('ix_event_session_event_id'), 'event_session', ['event_id'], unique=False)
    op.create_index(op.f('ix_event_session_resource_id'), 'event_session', ['resource_id'], unique=False)
    op.create_table('maintenance_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('task', sa.String(length=200), nullable=False),
    sa.Column('every_days', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('last_done_on', sa.Date(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_maintenance_plan_resource_id_resource'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_maintenance_plan'))
    )
    op.create_index(op.f('ix_maintenance_plan_resource_id'), 'maintenance_plan', ['resource_id'], unique=False)
    op.create_table('opening_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=True),
    sa.Column('resource_id', sa.Integer(), nullable=True),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('opens', sa.Time(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.CheckConstraint('(site_id IS NULL) <> (resource_id IS NULL)', name=op.f('ck_opening_rule_one_owner')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_opening_rule_weekday')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_opening_rule_resource_id_resource'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_opening_rule_site_id_site'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opening_rule'))
    )
    op.create_index(op.f('ix_opening_rule_resource_id'), 'opening_rule', ['resource_id'], unique=False)
    op.create_index(op.f('ix_opening_rule_site_id'), 'opening_rule', ['site_id'], unique=False)
    op.create_table('price_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('organisation_kind', sa.String(length=32), nullable=False),
    sa.Column('per_half_hour', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.CheckConstraint('per_half_hour >= 0', name=op.f('ck_price_rule_price')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_price_rule_resource_id_resource'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_rule'))
    )
    op.create_index(op.f('ix_price_rule_resource_id'), 'price_rule', ['resource_id'], unique=False)
    op.create_table('quota',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('scope', sa.Enum('person', 'team', 'organisation', name='quotascope', native_enum=False, length=32), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_quota_resource_id_resource'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quota'))
    )
    op.create_table('room_content',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('room_id', sa.Integer(), nullable=False),
    sa.Column('content_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['content_id'], ['resource.id'], name=op.f('fk_room_content_content_id_resource'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['room_id'], ['resource.id'], name=op.f('fk_room_content_room_id_resource'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room_content')),
    sa.UniqueConstraint('room_id', 'content_id', name=op.f('uq_room_content_room_id_content_id'))
    )
    op.create_index(op.f('ix_room_content_content_id'), 'room_content', ['content_id'], unique=False)
    op.create_table('entitlement_use',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entitlement_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('reserved', 'consumed', 'returned', name='grantstate', native_enum=False, length=32), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_entitlement_use_booking_id_booking')),
    sa.ForeignKeyConstraint(['entitlement_id'], ['entitlement.id'], name=op.f('fk_entitlement_use_entitlement_id_entitlement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entitlement_use')),
    sa.UniqueConstraint('booking_id', name=op.f('uq_entitlement_use_booking_id'))
    )
    op.create_index(op.f('ix_entitlement_use_entitlement_id'), 'entitlement_use', ['entitlement_id'], unique=False)
    op.create_table('event_attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_event_attendance_by_id_person')),
    sa.ForeignKeyConstraint(['registration_id'], ['event_registration.id'], name=op.f('fk_event_attendance_registration_id_event_registration'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['event_session.id'], name=op.f('fk_event_attendance_session_id_event_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_attendance')),
    sa.UniqueConstraint('session_id', 'registration_id', name=op.f('uq_event_attendance_session_id_registration_id'))
    )
    op.create_index(op.f('ix_event_attendance_registration_id'), 'event_attendance', ['registration_id'], unique=False)
    op.create_table('outage',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('outage', 'maintenance', 'closure', name='outagekind', native_enum=False, length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_outage_forward')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_outage_created_by_id_person')),
    sa.ForeignKeyConstraint(['plan_id'], ['maintenance_plan.id'], name=op.f('fk_outage_plan_id_maintenance_plan')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_outage_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outage'))
    )
    op.create_index(op.f('ix_outage_resource_id'), 'outage', ['resource_id'], unique=False)

    dialect = op.get_bind().dialect.name
    for statement in guards.statements(dialect):
        op.execute(sa.DDL(statement.replace("%", "%%")))


def downgrade() -> None:
    for statement in guards.undo(op.get_bind().dialect.name):
        op.execute(sa.DDL(statement.replace("%", "%%")))
    op.drop_index(op.f('ix_outage_resource_id'), table_name='outage')
    op.drop_table('outage')
    op.drop_index(op.f('ix_event_attendance_registration_id'), table_name='event_attendance')
    op.drop_table('event_attendance')
    op.drop_index(op.f('ix_entitlement_use_entitlement_id'), table_name='entitlement_use')
    op.drop_table('entitlement_use')
    op.drop_index(op.f('ix_room_content_content_id'), table_name='room_content')
    op.drop_table('room_content')
    op.drop_table('quota')
    op.drop_index(op.f('ix_price_rule_resource_id'), table_name='price_rule')
    op.drop_table('price_rule')
    op.drop_index(op.f('ix_opening_rule_site_id'), table_name='opening_rule')
    op.drop_index(op.f('ix_opening_rule_resource_id'), table_name='opening_rule')
    op.drop_table('opening_rule')
    op.drop_index(op.f('ix_maintenance_plan_resource_id'), table_name='maintenance_plan')
    op.drop_table('maintenance_plan')
    op.drop_index(op.f('ix_event_session_resource_id'), table_name='event_session')
    op.drop_index(op.f('ix_event_session_event_id'), table_name='event_session')
    op.drop_table('event_session')
    op.drop_index(op.f('ix_entitlement_team_id'), table_name='entitlement')
    op.drop_index(op.f('ix_entitlement_person_id'), table_name='entitlement')
    op.drop_index(op.f('ix_entitlement_organisation_id'), table_name='entitlement')
    op.drop_table('entitlement')
    op.drop_index(op.f('ix_calendar_import_resource_id'), table_name='calendar_import')
    op.drop_table('calendar_import')
    op.drop_table('calendar_feed')
    op.drop_index(op.f('ix_booking_team_id'), table_name='booking')
    op.drop_index('ix_booking_state_starts', table_name='booking')
    op.drop_index(op.f('ix_booking_series_id'), table_name='booking')
    op.drop_index('ix_booking_resource_starts', table_name='booking')
    op.drop_index(op.f('ix_booking_requester_id'), table_name='booking')
    op.drop_index(op.f('ix_booking_organisation_id'), table_name='booking')
    op.drop_table('booking')
    op.drop_index('ix_training_record_person_training', table_name='training_record')
    op.drop_table('training_record')
    op.drop_index(op.f('ix_event_registration_person_id'), table_name='event_registration')
    op.drop_index('ix_event_registration_event_state', table_name='event_registration')
    op.drop_table('event_registration')
    op.drop_table('closure_day')
    op.drop_table('event')
    op.drop_table('booking_series')
