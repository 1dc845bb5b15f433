"""mail delivery

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Emails from before there was delivery are never due: what they say is long over.
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.add_column(sa.Column('language', sa.String(length=8), nullable=False, server_default='vi'))
        batch_op.add_column(sa.Column('attempts', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('gave_up_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_email_due_at'), ['due_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_email_due_at'))
        batch_op.drop_column('gave_up_at')
        batch_op.drop_column('sent_at')
        batch_op.drop_column('due_at')
        batch_op.drop_column('attempts')
        batch_op.drop_column('language')
