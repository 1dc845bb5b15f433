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

# The public record's orders: each index holds all that the record shows, so that no row has to be fetched.
INDEXES = {
    'ix_ruling_newest': ['decided_at', 'id', 'kind', 'outcome', 'reason_code', 'waited_since', 'actor_id'],
    'ix_ruling_kind_newest': ['kind', 'decided_at', 'id', 'outcome', 'reason_code'],
    'ix_ruling_outcome_newest': ['outcome', 'decided_at', 'id', 'kind', 'reason_code'],
    'ix_ruling_reason_newest': ['reason_code', 'decided_at', 'id', 'kind', 'outcome'],
}
# The first decision on the same thing after an appeal about it was upheld.
REVERSALS = """
    UPDATE ruling SET is_consequence = true WHERE id IN (
        SELECT MIN(later.id) FROM ruling AS answer
        JOIN appeal ON answer.kind = 'appeal' AND answer.outcome = 'uphold' AND answer.subject_id = appeal.id
        JOIN ruling AS appealed ON appealed.id = appeal.ruling_id
        JOIN ruling AS later ON later.kind = appealed.kind AND later.subject_id = appealed.subject_id AND later.id > answer.id
        GROUP BY answer.id
    )
"""


def upgrade() -> None:
    with op.batch_alter_table('ruling', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_consequence', sa.Boolean(), nullable=False, server_default=sa.false()))
        for name, columns in INDEXES.items():
            batch_op.drop_index(name)
            batch_op.create_index(name, [*columns, 'is_consequence'], unique=False)
    op.execute("UPDATE ruling SET is_consequence = true WHERE kind = 'report' AND outcome = 'uphold'")
    op.execute(REVERSALS)
    # The months that are over were counted otherwise; the background loop counts them anew.
    op.execute('DELETE FROM record_month')


def downgrade() -> None:
    with op.batch_alter_table('ruling', schema=None) as batch_op:
        for name, columns in INDEXES.items():
            batch_op.drop_index(name)
            batch_op.create_index(name, columns, unique=False)
        batch_op.drop_column('is_consequence')
    op.execute('DELETE FROM record_month')
