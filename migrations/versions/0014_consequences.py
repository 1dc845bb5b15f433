"""consequences: what followed from another decision is not counted as one

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

BEFORE = ['decided_at', 'id', 'kind', 'outcome', 'reason_code', 'waited_since', 'actor_id']


def upgrade() -> None:
    with op.batch_alter_table('ruling', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_consequence', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_index('ix_ruling_newest')
        batch_op.create_index('ix_ruling_newest', [*BEFORE, 'is_consequence'], unique=False)
    op.execute("UPDATE ruling SET is_consequence = true WHERE kind = 'report' AND outcome = 'uphold'")


def downgrade() -> None:
    with op.batch_alter_table('ruling', schema=None) as batch_op:
        batch_op.drop_index('ix_ruling_newest')
        batch_op.create_index('ix_ruling_newest', BEFORE, unique=False)
        batch_op.drop_column('is_consequence')
