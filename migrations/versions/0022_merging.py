"""merging by consent: suggestions to merge a proposal into another

Revision: 0022
Follows: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

EVENTS = (
    'created', 'edited', 'status', 'edit_sent', 'edit_returned', 'assessment_opened', 'evaluator_assigned',
    'evaluator_declared', 'evaluator_recused', 'verdict_given', 'assessment_closed', 'verdict_revised',
    'co_author_joined', 'co_author_left', 'co_author_removed',
    'answer_called', 'answer_assigned', 'milestone_set', 'milestone_changed', 'milestone_reached',
)
NEW_EVENTS = ('merge_suggested', 'merge_declined', 'merge_taken_back', 'merge_void')
WAYS = ('by_author', 'by_moderator', 'own', 'author_left')
OUTCOMES = ('accepted', 'declined', 'taken_back', 'void')


def listed(names: tuple[str, ...]) -> str:
    return ', '.join(f"'{name}'" for name in names)


def kinds(*names: str) -> None:
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_event_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_event_kind'), sa.text(f'kind IN ({listed(names)})'))


def reference(column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f'fk_merge_suggestion_{column}_{target}')
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=name, ondelete=ondelete)


def upgrade() -> None:
    kinds(*EVENTS, *NEW_EVENTS)
    op.create_table('merge_suggestion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('into_id', sa.Integer(), nullable=False),
    sa.Column('way', sa.Enum(*WAYS, name='way', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('suggested_by', sa.Integer(), nullable=True),
    sa.Column('asked_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('open_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Enum(*OUTCOMES, name='outcome', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('ended_event_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('proposal_id != into_id', name=op.f('ck_merge_suggestion_two_proposals')),
    sa.CheckConstraint('(outcome IS NULL) = (ended_at IS NULL)', name=op.f('ck_merge_suggestion_ending')),
    reference('proposal_id', 'proposal', 'CASCADE'),
    reference('into_id', 'proposal', 'CASCADE'),
    reference('suggested_by', 'account', 'SET NULL'),
    reference('asked_id', 'account', 'SET NULL'),
    reference('event_id', 'event', 'SET NULL'),
    reference('ended_event_id', 'event', 'SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merge_suggestion')),
    sqlite_autoincrement=True
    )
    open_ = sa.text('outcome IS NULL')
    op.create_index('uq_merge_suggestion_open', 'merge_suggestion', ['proposal_id'], unique=True, sqlite_where=open_, postgresql_where=open_)
    for column in ('proposal_id', 'into_id', 'suggested_by', 'asked_id', 'open_until', 'event_id', 'ended_event_id'):
        op.create_index(op.f(f'ix_merge_suggestion_{column}'), 'merge_suggestion', [column], unique=False)


def downgrade() -> None:
    op.drop_table('merge_suggestion')
    op.execute("UPDATE event SET kind = 'edited' WHERE kind IN ('merge_suggested', 'merge_declined', 'merge_taken_back', 'merge_void')")
    kinds(*EVENTS)
