"""record: near-duplicates found by keys, the months of the public moderation record, and in which order it is read

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

STAFF = sa.text("role IN ('moderator', 'admin')")
RULING_INDEXES = {
    'ix_ruling_newest': ['decided_at', 'id', 'kind', 'outcome', 'reason_code', 'waited_since', 'actor_id'],
    'ix_ruling_kind_newest': ['kind', 'decided_at', 'id', 'outcome', 'reason_code'],
    'ix_ruling_outcome_newest': ['outcome', 'decided_at', 'id', 'kind', 'reason_code'],
    'ix_ruling_reason_newest': ['reason_code', 'decided_at', 'id', 'kind', 'outcome'],
}


def upgrade() -> None:
    # The background loop fills both tables from what is there.
    op.create_table('similarity_key',
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_similarity_key_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key', 'proposal_id', name=op.f('pk_similarity_key')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('similarity_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_similarity_key_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('record_month',
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('decisions', sa.Integer(), nullable=False),
    sa.Column('timed', sa.Integer(), nullable=False),
    sa.Column('median_seconds', sa.Float(), nullable=True),
    sa.Column('appeals', sa.Integer(), nullable=False),
    sa.Column('upheld', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_record_month'))
    )
    with op.batch_alter_table('city', schema=None) as batch_op:
        batch_op.add_column(sa.Column('personal_number_pattern', sa.String(length=300), nullable=False, server_default=''))

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index('ix_account_staff', ['id'], unique=False, sqlite_where=STAFF, postgresql_where=STAFF)

    with op.batch_alter_table('queue_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_queue_event_actor_id'))
        batch_op.create_index('ix_queue_event_actor_id_created_at', ['actor_id', 'created_at'], unique=False)

    with op.batch_alter_table('ruling', schema=None) as batch_op:
        batch_op.drop_index('ix_ruling_decided_at')
        for name, columns in RULING_INDEXES.items():
            batch_op.create_index(name, columns, unique=False)


def downgrade() -> None:
    with op.batch_alter_table('ruling', schema=None) as batch_op:
        for name in RULING_INDEXES:
            batch_op.drop_index(name)
        batch_op.create_index('ix_ruling_decided_at', ['decided_at', 'id'], unique=False)

    with op.batch_alter_table('queue_event', schema=None) as batch_op:
        batch_op.drop_index('ix_queue_event_actor_id_created_at')
        batch_op.create_index(batch_op.f('ix_queue_event_actor_id'), ['actor_id'], unique=False)

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index('ix_account_staff', sqlite_where=STAFF, postgresql_where=STAFF)

    with op.batch_alter_table('city', schema=None) as batch_op:
        batch_op.drop_column('personal_number_pattern')

    op.drop_table('record_month')
    with op.batch_alter_table('similarity_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_similarity_key_proposal_id'))

    op.drop_table('similarity_key')
