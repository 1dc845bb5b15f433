"""assessments: rounds, evaluators and their verdicts; the fields of experts know their pillars

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

LISTED = sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')")
OPEN = sa.text('closed_at IS NULL')
OLDER_KINDS = ('created', 'edited', 'status', 'edit_sent', 'edit_returned')
KINDS = ('assessment_opened', 'evaluator_assigned', 'evaluator_declared', 'evaluator_recused', 'verdict_given', 'assessment_closed', 'verdict_revised')


def in_words(kinds: tuple[str, ...]) -> str:
    return ', '.join(f"'{kind}'" for kind in kinds)


def event_kinds(*kinds: str) -> None:
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_event_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_event_kind'), sa.text(f'kind IN ({in_words(kinds)})'))


def upgrade() -> None:
    op.create_table('assessment_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('rubric', sa.JSON(), nullable=False),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('closed_by IS NULL OR closed_at IS NOT NULL', name=op.f('ck_assessment_round_closed')),
    sa.ForeignKeyConstraint(['closed_by'], ['account.id'], name=op.f('fk_assessment_round_closed_by_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['opened_by'], ['account.id'], name=op.f('fk_assessment_round_opened_by_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_assessment_round_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment_round'))
    )
    with op.batch_alter_table('assessment_round', schema=None) as batch_op:
        batch_op.create_index('ix_assessment_round_due', ['due_at', 'id'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index(batch_op.f('ix_assessment_round_proposal_id'), ['proposal_id'], unique=False)
        batch_op.create_index('uq_assessment_round_open', ['proposal_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)

    op.create_table('evaluator',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('field_code', sa.String(), nullable=True),
    sa.Column('assigned_by', sa.Integer(), nullable=True),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('has_conflict', sa.Boolean(), nullable=True),
    sa.Column('conflict_words', sa.Text(), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('overdue_reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(declared_at IS NULL) = (has_conflict IS NULL)', name=op.f('ck_evaluator_declared')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_evaluator_account_id_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['assigned_by'], ['account.id'], name=op.f('fk_evaluator_assigned_by_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['field_code'], ['expertise.code'], name=op.f('fk_evaluator_field_code_expertise')),
    sa.ForeignKeyConstraint(['round_id'], ['assessment_round.id'], name=op.f('fk_evaluator_round_id_assessment_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluator')),
    sa.UniqueConstraint('round_id', 'account_id', name=op.f('uq_evaluator_round_id_account_id'))
    )
    with op.batch_alter_table('evaluator', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evaluator_account_id'), ['account_id'], unique=False)

    op.create_table('assessment',
    sa.Column('evaluator_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('scores', sa.JSON(), nullable=False),
    sa.Column('recommendation', sa.Enum('recommend', 'with_changes', 'against', name='recommendation', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('version IN (1, 2)', name=op.f('ck_assessment_version')),
    sa.ForeignKeyConstraint(['evaluator_id'], ['evaluator.id'], name=op.f('fk_assessment_evaluator_id_evaluator'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('evaluator_id', 'version', name=op.f('pk_assessment'))
    )
    with op.batch_alter_table('expertise', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pillars', sa.JSON(), nullable=False, server_default='[]'))

    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('assessment_score', sa.Float(), nullable=True))
        batch_op.create_index('ix_proposal_best_assessed', ['assessment_score', 'id'], unique=False, sqlite_where=LISTED, postgresql_where=LISTED)

    event_kinds(*OLDER_KINDS, *KINDS)


def downgrade() -> None:
    op.execute(f"UPDATE event SET kind = 'edited' WHERE kind IN ({in_words(KINDS)})")
    event_kinds(*OLDER_KINDS)
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_index('ix_proposal_best_assessed', sqlite_where=LISTED, postgresql_where=LISTED)
        batch_op.drop_column('assessment_score')

    with op.batch_alter_table('expertise', schema=None) as batch_op:
        batch_op.drop_column('pillars')

    op.drop_table('assessment')
    with op.batch_alter_table('evaluator', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evaluator_account_id'))

    op.drop_table('evaluator')
    with op.batch_alter_table('assessment_round', schema=None) as batch_op:
        batch_op.drop_index('uq_assessment_round_open', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index(batch_op.f('ix_assessment_round_proposal_id'))
        batch_op.drop_index('ix_assessment_round_due', sqlite_where=OPEN, postgresql_where=OPEN)

    op.drop_table('assessment_round')
