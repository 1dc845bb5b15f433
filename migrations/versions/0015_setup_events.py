"""setup events: who changed a campaign, its rules or a canned answer, and when

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('setup_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('matter', sa.Enum('campaign', 'campaign_rules', 'canned_answer', name='matter', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('step', sa.Enum('created', 'changed', 'discarded', name='step', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_setup_event_actor_id_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_setup_event')),
    )
    with op.batch_alter_table('setup_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_setup_event_actor_id'), ['actor_id'], unique=False)


def downgrade() -> None:
    op.drop_table('setup_event')
