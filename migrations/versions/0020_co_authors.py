"""co-authors: who writes at a proposal with its author, and who is invited to

Revision: 0020
Follows: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

EVENTS = (
    'created', 'edited', 'status', 'edit_sent', 'edit_returned', 'assessment_opened', 'evaluator_assigned',
    'evaluator_declared', 'evaluator_recused', 'verdict_given', 'assessment_closed', 'verdict_revised',
    'answer_called', 'answer_assigned', 'milestone_set', 'milestone_changed', 'milestone_reached',
)
NEW_EVENTS = ('co_author_joined', 'co_author_left', 'co_author_removed')


def kinds(*names: str) -> None:
    listed = ', '.join(f"'{name}'" for name in names)
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_event_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_event_kind'), sa.text(f'kind IN ({listed})'))


def upgrade() -> None:
    kinds(*EVENTS, *NEW_EVENTS)
    op.create_table('co_author',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_co_author_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_co_author_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'account_id', name=op.f('pk_co_author'))
    )
    op.create_index(op.f('ix_co_author_account_id'), 'co_author', ['account_id'], unique=False)
    op.create_table('co_author_invitation',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('email_key', sa.String(length=254), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('invited_by', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['invited_by'], ['account.id'], name=op.f('fk_co_author_invitation_invited_by_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_co_author_invitation_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'email_key', name=op.f('pk_co_author_invitation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_co_author_invitation_token_hash'))
    )
    for column in ('email_key', 'expires_at', 'invited_by'):
        op.create_index(op.f(f'ix_co_author_invitation_{column}'), 'co_author_invitation', [column], unique=False)


def downgrade() -> None:
    op.drop_table('co_author_invitation')
    op.drop_table('co_author')
    op.execute("UPDATE event SET kind = 'edited' WHERE kind IN ('co_author_joined', 'co_author_left', 'co_author_removed')")
    kinds(*EVENTS)
