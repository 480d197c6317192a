"""matches.

Revision ID: ac3ff505813b
Revises: 0eb17d547702
"""

import sqlalchemy as sa
from alembic import op

revision = 'ac3ff505813b'
down_revision = '0eb17d547702'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('game',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('name_en', sa.String(length=160), nullable=False),
    sa.Column('definition', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_game')),
    sa.UniqueConstraint('code', name=op.f('uq_game_code'))
    )
    op.create_table('tournament',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stage_division_id', sa.Integer(), nullable=False),
    sa.Column('game_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('court_ids', sa.JSON(), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('cut', sa.JSON(), nullable=False),
    sa.Column('delays', sa.JSON(), nullable=False),
    sa.Column('freeze_scores', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['game_id'], ['game.id'], name=op.f('fk_tournament_game_id_game')),
    sa.ForeignKeyConstraint(['stage_division_id'], ['stage_division.id'], name=op.f('fk_tournament_stage_division_id_stage_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tournament')),
    sa.UniqueConstraint('slug', name=op.f('uq_tournament_slug')),
    sa.UniqueConstraint('stage_division_id', name=op.f('uq_tournament_stage_division_id'))
    )
    op.create_index(op.f('ix_tournament_game_id'), 'tournament', ['game_id'], unique=False)
    op.create_table('draw',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tournament_id', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(length=80), nullable=False),
    sa.Column('order', sa.String(length=20), nullable=False),
    sa.Column('entrants', sa.JSON(), nullable=False),
    sa.Column('group_names', sa.JSON(), nullable=False),
    sa.Column('sizes', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('open', 'finished', 'void', name='drawstate', native_enum=False, length=32), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_draw_by_id_person')),
    sa.ForeignKeyConstraint(['tournament_id'], ['tournament.id'], name=op.f('fk_draw_tournament_id_tournament'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draw'))
    )
    op.create_index(op.f('ix_draw_tournament_id'), 'draw', ['tournament_id'], unique=False)
    op.create_table('match_crew',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tournament_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Enum('referee', 'timekeeper', 'head', name='crewpart', native_enum=False, length=32), nullable=False),
    sa.Column('court_id', sa.Integer(), nullable=True),
    sa.Column('side', sa.Integer(), nullable=True),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('to_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['court_id'], ['resource.id'], name=op.f('fk_match_crew_court_id_resource')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_match_crew_person_id_person')),
    sa.ForeignKeyConstraint(['tournament_id'], ['tournament.id'], name=op.f('fk_match_crew_tournament_id_tournament'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_crew'))
    )
    op.create_index('ix_match_crew_person', 'match_crew', ['person_id', 'tournament_id'], unique=False)
    op.create_index(op.f('ix_match_crew_tournament_id'), 'match_crew', ['tournament_id'], unique=False)
    op.create_table('match_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tournament_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['tournament_id'], ['tournament.id'], name=op.f('fk_match_group_tournament_id_tournament'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_group')),
    sa.UniqueConstraint('tournament_id', 'name', name=op.f('uq_match_group_tournament_id_name'))
    )
    op.create_table('run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stage_entry_id', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.String(length=64), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('time_ms', sa.Integer(), nullable=True),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('no_show', sa.Boolean(), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replaced_reason', sa.String(length=500), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id', name=op.f('ck_run_two_people')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['person.id'], name=op.f('fk_run_confirmed_by_id_person')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['person.id'], name=op.f('fk_run_entered_by_id_person')),
    sa.ForeignKeyConstraint(['stage_entry_id'], ['stage_entry.id'], name=op.f('fk_run_stage_entry_id_stage_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run')),
    sa.UniqueConstraint('client_id', name=op.f('uq_run_client_id'))
    )
    op.create_index('ix_run_stage_entry', 'run', ['stage_entry_id', 'attempt'], unique=False)
    op.create_table('draw_pick',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('stage_entry_id', sa.Integer(), nullable=False),
    sa.Column('allowed', sa.JSON(), nullable=False),
    sa.Column('group_name', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('by_hand', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draw_id'], ['draw.id'], name=op.f('fk_draw_pick_draw_id_draw'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['stage_entry_id'], ['stage_entry.id'], name=op.f('fk_draw_pick_stage_entry_id_stage_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draw_pick')),
    sa.UniqueConstraint('draw_id', 'number', name=op.f('uq_draw_pick_draw_id_number')),
    sa.UniqueConstraint('draw_id', 'stage_entry_id', name=op.f('uq_draw_pick_draw_id_stage_entry_id'))
    )
    op.create_table('group_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('stage_entry_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['match_group.id'], name=op.f('fk_group_place_group_id_match_group'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['stage_entry_id'], ['stage_entry.id'], name=op.f('fk_group_place_stage_entry_id_stage_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_place')),
    sa.UniqueConstraint('group_id', 'position', name=op.f('uq_group_place_group_id_position')),
    sa.UniqueConstraint('stage_entry_id', name=op.f('uq_group_place_stage_entry_id'))
    )
    op.create_table('match',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tournament_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('red_source', sa.String(length=60), nullable=False),
    sa.Column('blue_source', sa.String(length=60), nullable=False),
    sa.Column('red_id', sa.Integer(), nullable=True),
    sa.Column('blue_id', sa.Integer(), nullable=True),
    sa.Column('court_id', sa.Integer(), nullable=True),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Enum('scheduled', 'called', 'ready', 'running', 'review', 'proposed', 'confirmed', 'cancelled', name='matchstate', native_enum=False, length=32), nullable=False),
    sa.Column('counts', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['blue_id'], ['stage_entry.id'], name=op.f('fk_match_blue_id_stage_entry')),
    sa.ForeignKeyConstraint(['court_id'], ['resource.id'], name=op.f('fk_match_court_id_resource')),
    sa.ForeignKeyConstraint(['group_id'], ['match_group.id'], name=op.f('fk_match_group_id_match_group')),
    sa.ForeignKeyConstraint(['red_id'], ['stage_entry.id'], name=op.f('fk_match_red_id_stage_entry')),
    sa.ForeignKeyConstraint(['tournament_id'], ['tournament.id'], name=op.f('fk_match_tournament_id_tournament'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match')),
    sa.UniqueConstraint('tournament_id', 'code', name=op.f('uq_match_tournament_id_code'))
    )
    op.create_index(op.f('ix_match_blue_id'), 'match', ['blue_id'], unique=False)
    op.create_index(op.f('ix_match_court_id'), 'match', ['court_id'], unique=False)
    op.create_index(op.f('ix_match_group_id'), 'match', ['group_id'], unique=False)
    op.create_index(op.f('ix_match_red_id'), 'match', ['red_id'], unique=False)
    op.create_index('ix_match_tournament_state', 'match', ['tournament_id', 'state'], unique=False)
    op.create_table('hall_screen',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tournament_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('mode', sa.Enum('next', 'preparation', 'live', 'result', 'table', 'bracket', 'draw', 'runs', 'blank', name='hallmode', native_enum=False, length=32), nullable=False),
    sa.Column('court_id', sa.Integer(), nullable=True),
    sa.Column('match_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['court_id'], ['resource.id'], name=op.f('fk_hall_screen_court_id_resource')),
    sa.ForeignKeyConstraint(['group_id'], ['match_group.id'], name=op.f('fk_hall_screen_group_id_match_group')),
    sa.ForeignKeyConstraint(['match_id'], ['match.id'], name=op.f('fk_hall_screen_match_id_match')),
    sa.ForeignKeyConstraint(['tournament_id'], ['tournament.id'], name=op.f('fk_hall_screen_tournament_id_tournament'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hall_screen')),
    sa.UniqueConstraint('tournament_id', 'name', name=op.f('uq_hall_screen_tournament_id_name'))
    )
    op.create_table('play',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('match_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('void_reason', sa.String(length=500), nullable=False),
    sa.Column('ordered_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['match_id'], ['match.id'], name=op.f('fk_play_match_id_match'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ordered_by_id'], ['person.id'], name=op.f('fk_play_ordered_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_play')),
    sa.UniqueConstraint('match_id', 'number', name=op.f('uq_play_match_id_number'))
    )
    op.create_table('protest',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('match_id', sa.Integer(), nullable=False),
    sa.Column('stage_entry_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('raised_by_id', sa.Integer(), nullable=True),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_protest_decided_by_id_person')),
    sa.ForeignKeyConstraint(['match_id'], ['match.id'], name=op.f('fk_protest_match_id_match'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['raised_by_id'], ['person.id'], name=op.f('fk_protest_raised_by_id_person')),
    sa.ForeignKeyConstraint(['stage_entry_id'], ['stage_entry.id'], name=op.f('fk_protest_stage_entry_id_stage_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_protest'))
    )
    op.create_index(op.f('ix_protest_match_id'), 'protest', ['match_id'], unique=False)
    op.create_table('match_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('play_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('side', sa.Integer(), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('undoes', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('counted', 'held', 'refused', name='matcheventstate', native_enum=False, length=32), nullable=False),
    sa.Column('reason', sa.String(length=60), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_match_event_by_id_person')),
    sa.ForeignKeyConstraint(['play_id'], ['play.id'], name=op.f('fk_match_event_play_id_play'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_event')),
    sa.UniqueConstraint('client_id', name=op.f('uq_match_event_client_id'))
    )
    op.create_index('ix_match_event_play', 'match_event', ['play_id'], unique=False)
    op.create_table('result_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('match_id', sa.Integer(), nullable=False),
    sa.Column('play_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'confirmed', 'returned', 'superseded', name='resultstate', native_enum=False, length=32), nullable=False),
    sa.Column('red_id', sa.Integer(), nullable=True),
    sa.Column('blue_id', sa.Integer(), nullable=True),
    sa.Column('red_outcome', sa.String(length=8), nullable=False),
    sa.Column('blue_outcome', sa.String(length=8), nullable=False),
    sa.Column('red_score', sa.Integer(), nullable=False),
    sa.Column('blue_score', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('sheets', sa.JSON(), nullable=False),
    sa.Column('ruling', sa.JSON(), nullable=False),
    sa.Column('signatures', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id', name=op.f('ck_result_version_two_people')),
    sa.ForeignKeyConstraint(['blue_id'], ['stage_entry.id'], name=op.f('fk_result_version_blue_id_stage_entry')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['person.id'], name=op.f('fk_result_version_confirmed_by_id_person')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['person.id'], name=op.f('fk_result_version_entered_by_id_person')),
    sa.ForeignKeyConstraint(['match_id'], ['match.id'], name=op.f('fk_result_version_match_id_match'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['play_id'], ['play.id'], name=op.f('fk_result_version_play_id_play')),
    sa.ForeignKeyConstraint(['red_id'], ['stage_entry.id'], name=op.f('fk_result_version_red_id_stage_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result_version')),
    sa.UniqueConstraint('match_id', 'number', name=op.f('uq_result_version_match_id_number'))
    )


def downgrade() -> None:
    op.drop_table('result_version')
    op.drop_index('ix_match_event_play', table_name='match_event')
    op.drop_table('match_event')
    op.drop_index(op.f('ix_protest_match_id'), table_name='protest')
    op.drop_table('protest')
    op.drop_table('play')
    op.drop_table('hall_screen')
    op.drop_index('ix_match_tournament_state', table_name='match')
    op.drop_index(op.f('ix_match_red_id'), table_name='match')
    op.drop_index(op.f('ix_match_group_id'), table_name='match')
    op.drop_index(op.f('ix_match_court_id'), table_name='match')
    op.drop_index(op.f('ix_match_blue_id'), table_name='match')
    op.drop_table('match')
    op.drop_table('group_place')
    op.drop_table('draw_pick')
    op.drop_index('ix_run_stage_entry', table_name='run')
    op.drop_table('run')
    op.drop_table('match_group')
    op.drop_index(op.f('ix_match_crew_tournament_id'), table_name='match_crew')
    op.drop_index('ix_match_crew_person', table_name='match_crew')
    op.drop_table('match_crew')
    op.drop_index(op.f('ix_draw_tournament_id'), table_name='draw')
    op.drop_table('draw')
    op.drop_index(op.f('ix_tournament_game_id'), table_name='tournament')
    op.drop_table('tournament')
    op.drop_table('game')
