"""mentoring.

Revision ID: 450ae3105896
Revises: 0eb17d547702
"""

import sqlalchemy as sa
from alembic import op

revision = '450ae3105896'
down_revision = 'ac3ff505813b'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('skill_topic',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.Enum('technical', 'business', name='mentorkind', native_enum=False, length=32), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('synonyms', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['skill_topic.id'], name=op.f('fk_skill_topic_parent_id_skill_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_skill_topic')),
    sa.UniqueConstraint('slug', name=op.f('uq_skill_topic_slug'))
    )
    op.create_index(op.f('ix_skill_topic_parent_id'), 'skill_topic', ['parent_id'], unique=False)
    op.create_table('mentor_skill',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('self', 'verified', 'feedback', name='skillsource', native_enum=False, length=32), nullable=False),
    sa.Column('verified_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('level BETWEEN 1 AND 3', name=op.f('ck_mentor_skill_level')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mentor_skill_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['skill_topic.id'], name=op.f('fk_mentor_skill_topic_id_skill_topic')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['person.id'], name=op.f('fk_mentor_skill_verified_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_skill')),
    sa.UniqueConstraint('person_id', 'topic_id', name=op.f('uq_mentor_skill_person_id_topic_id'))
    )
    op.create_index(op.f('ix_mentor_skill_topic_id'), 'mentor_skill', ['topic_id'], unique=False)
    op.create_table('mentor_profile',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('job_title', sa.String(length=160), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('modes', sa.JSON(), nullable=False),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('stages', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_mentor_profile_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mentor_profile_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_profile')),
    sa.UniqueConstraint('person_id', name=op.f('uq_mentor_profile_person_id'))
    )
    op.create_table('programme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.Column('name_en', sa.String(length=250), nullable=False),
    sa.Column('decision', sa.String(length=80), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_programme_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme')),
    sa.UniqueConstraint('slug', name=op.f('uq_programme_slug'))
    )
    op.create_table('cohort',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('name_en', sa.String(length=160), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_cohort_programme_id_programme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cohort')),
    sa.UniqueConstraint('slug', name=op.f('uq_cohort_slug'))
    )
    op.create_index(op.f('ix_cohort_programme_id'), 'cohort', ['programme_id'], unique=False)
    op.create_table('programme_indicator',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.Column('name_en', sa.String(length=250), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('target', sa.BigInteger(), nullable=False),
    sa.Column('counts', sa.String(length=40), nullable=False),
    sa.Column('done', sa.BigInteger(), nullable=True),
    sa.Column('last_year', sa.BigInteger(), nullable=True),
    sa.Column('as_of', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_indicator_programme_id_programme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_indicator')),
    sa.UniqueConstraint('programme_id', 'year', 'name', name=op.f('uq_programme_indicator_programme_id_year_name'))
    )
    op.create_table('commitment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cohort_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('technical', 'business', name='mentorkind', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('applied', 'invited', 'approved', 'paused', 'declined', 'ended', name='commitmentstate', native_enum=False, length=32), nullable=False),
    sa.Column('max_teams', sa.Integer(), nullable=False),
    sa.Column('max_hours', sa.Integer(), nullable=True),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('answer', sa.String(length=500), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_until', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('max_hours IS NULL OR max_hours >= 0', name=op.f('ck_commitment_max_hours')),
    sa.CheckConstraint('max_teams >= 0', name=op.f('ck_commitment_max_teams')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_commitment_cohort_id_cohort')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_commitment_decided_by_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_commitment_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment')),
    sa.UniqueConstraint('cohort_id', 'person_id', name=op.f('uq_commitment_cohort_id_person_id'))
    )
    op.create_index(op.f('ix_commitment_person_id'), 'commitment', ['person_id'], unique=False)
    op.create_table('match_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cohort_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=160), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'draft', 'published', 'failed', 'discarded', name='runstate', native_enum=False, length=32), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.Column('salt', sa.String(length=60), nullable=False),
    sa.Column('problem', sa.JSON(), nullable=False),
    sa.Column('locks', sa.JSON(), nullable=False),
    sa.Column('input_hash', sa.String(length=64), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_match_run_cohort_id_cohort')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_match_run_created_by_id_person')),
    sa.ForeignKeyConstraint(['published_by_id'], ['person.id'], name=op.f('fk_match_run_published_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_run')),
    sa.UniqueConstraint('cohort_id', 'number', name=op.f('uq_match_run_cohort_id_number'))
    )
    op.create_table('support_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('workspace', 'machine', 'training', 'money', name='supportkind', native_enum=False, length=32), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('ceiling', sa.BigInteger(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=True),
    sa.Column('minutes_per_unit', sa.Integer(), nullable=False),
    sa.Column('decision', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ceiling > 0', name=op.f('ck_support_item_ceiling')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_support_item_programme_id_programme')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_support_item_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_item')),
    sa.UniqueConstraint('programme_id', 'name', name=op.f('uq_support_item_programme_id_name'))
    )
    op.create_table('incubation_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cohort_id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=True),
    sa.Column('award_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=250), nullable=False),
    sa.Column('stage', sa.Enum('applied', 'pre_incubation', 'incubation', 'graduated', 'stopped', name='casestage', native_enum=False, length=32), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=60), nullable=False),
    sa.Column('area', sa.String(length=120), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('modes', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('needs_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('search_key', sa.String(length=250), nullable=False),
    sa.Column('opened_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('priority BETWEEN 1 AND 3', name=op.f('ck_incubation_case_priority')),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_incubation_case_award_id_award')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_incubation_case_cohort_id_cohort')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['person.id'], name=op.f('fk_incubation_case_opened_by_id_person')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_incubation_case_project_id_project')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_incubation_case_team_id_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incubation_case')),
    sa.UniqueConstraint('award_id', name=op.f('uq_incubation_case_award_id')),
    sa.UniqueConstraint('cohort_id', 'team_id', name=op.f('uq_incubation_case_cohort_id_team_id'))
    )
    op.create_index(op.f('ix_incubation_case_search_key'), 'incubation_case', ['search_key'], unique=False)
    op.create_index(op.f('ix_incubation_case_team_id'), 'incubation_case', ['team_id'], unique=False)
    op.create_table('availability_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('starts', sa.Time(), nullable=False),
    sa.Column('ends', sa.Time(), nullable=False),
    sa.CheckConstraint('(person_id IS NULL) <> (case_id IS NULL)', name=op.f('ck_availability_rule_one_owner')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_availability_rule_weekday')),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_availability_rule_case_id_incubation_case'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_availability_rule_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_availability_rule'))
    )
    op.create_index(op.f('ix_availability_rule_case_id'), 'availability_rule', ['case_id'], unique=False)
    op.create_index(op.f('ix_availability_rule_person_id'), 'availability_rule', ['person_id'], unique=False)
    op.create_table('match_pair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('locked', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_match_pair_case_id_incubation_case')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_match_pair_person_id_person')),
    sa.ForeignKeyConstraint(['run_id'], ['match_run.id'], name=op.f('fk_match_pair_run_id_match_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_pair')),
    sa.UniqueConstraint('run_id', 'case_id', 'place', name=op.f('uq_match_pair_run_id_case_id_place'))
    )
    op.create_index(op.f('ix_match_pair_case_id'), 'match_pair', ['case_id'], unique=False)
    op.create_index(op.f('ix_match_pair_person_id'), 'match_pair', ['person_id'], unique=False)
    op.create_table('mentor_offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cohort_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('sent', 'accepted', 'declined', 'expired', 'closed', 'withdrawn', name='offerstate', native_enum=False, length=32), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_mentor_offer_case_id_incubation_case')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_mentor_offer_cohort_id_cohort')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mentor_offer_person_id_person')),
    sa.ForeignKeyConstraint(['run_id'], ['match_run.id'], name=op.f('fk_mentor_offer_run_id_match_run')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_offer'))
    )
    op.create_index(op.f('ix_mentor_offer_case_id'), 'mentor_offer', ['case_id'], unique=False)
    op.create_index(op.f('ix_mentor_offer_cohort_id'), 'mentor_offer', ['cohort_id'], unique=False)
    op.create_index('ix_mentor_offer_person_state', 'mentor_offer', ['person_id', 'state'], unique=False)
    op.create_table('mentoring_wish',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('side', sa.Enum('team', 'mentor', name='wishside', native_enum=False, length=32), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_mentoring_wish_case_id_incubation_case'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mentoring_wish_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentoring_wish')),
    sa.UniqueConstraint('case_id', 'person_id', 'side', name=op.f('uq_mentoring_wish_case_id_person_id_side'))
    )
    op.create_index(op.f('ix_mentoring_wish_person_id'), 'mentoring_wish', ['person_id'], unique=False)
    op.create_table('metric_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.Date(), nullable=False),
    sa.Column('metric', sa.Enum('headcount', 'revenue', 'jobs', 'ip_filings', name='metric', native_enum=False, length=32), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.Column('evidence', sa.String(length=300), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('value >= 0', name=op.f('ck_metric_report_value')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_metric_report_by_id_person')),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_metric_report_case_id_incubation_case'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_metric_report')),
    sa.UniqueConstraint('case_id', 'period', 'metric', name=op.f('uq_metric_report_case_id_period_metric'))
    )
    op.create_table('milestone',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=250), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('evidence_file_id', sa.Integer(), nullable=True),
    sa.Column('verdict', sa.Enum('open', 'reported', 'met', 'not_met', name='milestoneverdict', native_enum=False, length=32), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_milestone_by_id_person')),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_milestone_case_id_incubation_case'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['evidence_file_id'], ['stored_file.id'], name=op.f('fk_milestone_evidence_file_id_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestone'))
    )
    op.create_index(op.f('ix_milestone_case_id'), 'milestone', ['case_id'], unique=False)
    op.create_table('rule_waiver',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_rule_waiver_by_id_person')),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_rule_waiver_case_id_incubation_case'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_rule_waiver_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_waiver')),
    sa.UniqueConstraint('case_id', 'person_id', 'rule', name=op.f('uq_rule_waiver_case_id_person_id_rule'))
    )
    op.create_index(op.f('ix_rule_waiver_person_id'), 'rule_waiver', ['person_id'], unique=False)
    op.create_table('stage_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('from_stage', sa.Enum('applied', 'pre_incubation', 'incubation', 'graduated', 'stopped', name='casestage', native_enum=False, length=32), nullable=True),
    sa.Column('to_stage', sa.Enum('applied', 'pre_incubation', 'incubation', 'graduated', 'stopped', name='casestage', native_enum=False, length=32), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('decision', sa.String(length=80), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_stage_change_by_id_person')),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_stage_change_case_id_incubation_case'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stage_change'))
    )
    op.create_index(op.f('ix_stage_change_case_id'), 'stage_change', ['case_id'], unique=False)
    op.create_table('support_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('decision', sa.String(length=80), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_support_grant_amount')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_support_grant_by_id_person')),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_support_grant_case_id_incubation_case')),
    sa.ForeignKeyConstraint(['item_id'], ['support_item.id'], name=op.f('fk_support_grant_item_id_support_item')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_grant'))
    )
    op.create_index(op.f('ix_support_grant_case_id'), 'support_grant', ['case_id'], unique=False)
    op.create_index(op.f('ix_support_grant_item_id'), 'support_grant', ['item_id'], unique=False)
    op.create_table('team_need',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('team', 'feedback', 'staff', name='needsource', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'open', 'met', 'dropped', name='needstate', native_enum=False, length=32), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('priority BETWEEN 1 AND 3', name=op.f('ck_team_need_priority')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_team_need_by_id_person')),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_team_need_case_id_incubation_case'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['skill_topic.id'], name=op.f('fk_team_need_topic_id_skill_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_need'))
    )
    op.create_index(op.f('ix_team_need_case_id'), 'team_need', ['case_id'], unique=False)
    op.create_table('mentorship',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decline_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.Enum('completed', 'team_declined', 'mentor_stepped_back', 'staff', name='endreason', native_enum=False, length=32), nullable=True),
    sa.Column('end_note', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['incubation_case.id'], name=op.f('fk_mentorship_case_id_incubation_case')),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_mentorship_commitment_id_commitment')),
    sa.ForeignKeyConstraint(['offer_id'], ['mentor_offer.id'], name=op.f('fk_mentorship_offer_id_mentor_offer')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mentorship_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentorship'))
    )
    op.create_index(op.f('ix_mentorship_case_id'), 'mentorship', ['case_id'], unique=False)
    op.create_index(op.f('ix_mentorship_commitment_id'), 'mentorship', ['commitment_id'], unique=False)
    op.create_index(op.f('ix_mentorship_person_id'), 'mentorship', ['person_id'], unique=False)
    op.create_index('uq_mentorship_open', 'mentorship', ['case_id', 'kind'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('support_move',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('grant_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('used', 'recovered', name='supportmovekind', native_enum=False, length=32), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_support_move_amount')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_support_move_by_id_person')),
    sa.ForeignKeyConstraint(['grant_id'], ['support_grant.id'], name=op.f('fk_support_move_grant_id_support_grant'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_move'))
    )
    op.create_index(op.f('ix_support_move_grant_id'), 'support_move', ['grant_id'], unique=False)
    op.create_table('mentoring_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mentorship_id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('planned', 'held', 'missed', 'cancelled', name='sessionstate', native_enum=False, length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('online_url', sa.String(length=300), nullable=False),
    sa.Column('agenda', sa.Text(), nullable=False),
    sa.Column('shared_note', sa.Text(), nullable=False),
    sa.Column('staff_note', sa.Text(), nullable=False),
    sa.Column('next_step', sa.String(length=500), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('present', sa.Integer(), nullable=True),
    sa.Column('missed_by', sa.String(length=20), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('moves', sa.JSON(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_mentoring_session_forward')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_mentoring_session_created_by_id_person')),
    sa.ForeignKeyConstraint(['mentorship_id'], ['mentorship.id'], name=op.f('fk_mentoring_session_mentorship_id_mentorship')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_mentoring_session_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentoring_session'))
    )
    op.create_index(op.f('ix_mentoring_session_mentorship_id'), 'mentoring_session', ['mentorship_id'], unique=False)
    op.create_index(op.f('ix_mentoring_session_resource_id'), 'mentoring_session', ['resource_id'], unique=False)
    op.create_index(op.f('ix_mentoring_session_starts_at'), 'mentoring_session', ['starts_at'], unique=False)
    op.create_table('mentoring_feedback',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('side', sa.Enum('team', 'mentor', name='wishside', native_enum=False, length=32), nullable=False),
    sa.Column('rating', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('visible_to', sa.Enum('both', 'staff', name='visibility', native_enum=False, length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('rating BETWEEN 1 AND 5', name=op.f('ck_mentoring_feedback_rating')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_mentoring_feedback_by_id_person')),
    sa.ForeignKeyConstraint(['session_id'], ['mentoring_session.id'], name=op.f('fk_mentoring_feedback_session_id_mentoring_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentoring_feedback')),
    sa.UniqueConstraint('session_id', 'by_id', name=op.f('uq_mentoring_feedback_session_id_by_id'))
    )


def downgrade() -> None:
    op.drop_table('mentoring_feedback')
    op.drop_index(op.f('ix_mentoring_session_starts_at'), table_name='mentoring_session')
    op.drop_index(op.f('ix_mentoring_session_resource_id'), table_name='mentoring_session')
    op.drop_index(op.f('ix_mentoring_session_mentorship_id'), table_name='mentoring_session')
    op.drop_table('mentoring_session')
    op.drop_index(op.f('ix_support_move_grant_id'), table_name='support_move')
    op.drop_table('support_move')
    op.drop_index('uq_mentorship_open', table_name='mentorship', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index(op.f('ix_mentorship_person_id'), table_name='mentorship')
    op.drop_index(op.f('ix_mentorship_commitment_id'), table_name='mentorship')
    op.drop_index(op.f('ix_mentorship_case_id'), table_name='mentorship')
    op.drop_table('mentorship')
    op.drop_index(op.f('ix_team_need_case_id'), table_name='team_need')
    op.drop_table('team_need')
    op.drop_index(op.f('ix_support_grant_item_id'), table_name='support_grant')
    op.drop_index(op.f('ix_support_grant_case_id'), table_name='support_grant')
    op.drop_table('support_grant')
    op.drop_index(op.f('ix_stage_change_case_id'), table_name='stage_change')
    op.drop_table('stage_change')
    op.drop_index(op.f('ix_rule_waiver_person_id'), table_name='rule_waiver')
    op.drop_table('rule_waiver')
    op.drop_index(op.f('ix_milestone_case_id'), table_name='milestone')
    op.drop_table('milestone')
    op.drop_table('metric_report')
    op.drop_index(op.f('ix_mentoring_wish_person_id'), table_name='mentoring_wish')
    op.drop_table('mentoring_wish')
    op.drop_index('ix_mentor_offer_person_state', table_name='mentor_offer')
    op.drop_index(op.f('ix_mentor_offer_cohort_id'), table_name='mentor_offer')
    op.drop_index(op.f('ix_mentor_offer_case_id'), table_name='mentor_offer')
    op.drop_table('mentor_offer')
    op.drop_index(op.f('ix_match_pair_person_id'), table_name='match_pair')
    op.drop_index(op.f('ix_match_pair_case_id'), table_name='match_pair')
    op.drop_table('match_pair')
    op.drop_index(op.f('ix_availability_rule_person_id'), table_name='availability_rule')
    op.drop_index(op.f('ix_availability_rule_case_id'), table_name='availability_rule')
    op.drop_table('availability_rule')
    op.drop_index(op.f('ix_incubation_case_team_id'), table_name='incubation_case')
    op.drop_index(op.f('ix_incubation_case_search_key'), table_name='incubation_case')
    op.drop_table('incubation_case')
    op.drop_table('support_item')
    op.drop_table('match_run')
    op.drop_index(op.f('ix_commitment_person_id'), table_name='commitment')
    op.drop_table('commitment')
    op.drop_table('programme_indicator')
    op.drop_index(op.f('ix_cohort_programme_id'), table_name='cohort')
    op.drop_table('cohort')
    op.drop_table('programme')
    op.drop_table('mentor_profile')
    op.drop_index(op.f('ix_mentor_skill_topic_id'), table_name='mentor_skill')
    op.drop_table('mentor_skill')
    op.drop_index(op.f('ix_skill_topic_parent_id'), table_name='skill_topic')
    op.drop_table('skill_topic')
