"""votes by moment: what has been cast within a week is counted without reading all votes

Revision: 0021
Follows: 0020
"""

from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_vote_cast_at', 'vote', ['cast_at', 'proposal_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_vote_cast_at', 'vote')
