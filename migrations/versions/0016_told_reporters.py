"""told reporters: how far those who reported a text have been told what became of it

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

UNTOLD = sa.text('told_up_to IS NOT NULL')


def upgrade() -> None:
    with op.batch_alter_table('report_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('told_up_to', sa.Integer(), nullable=True))
    op.create_index('ix_report_case_untold', 'report_case', ['id'], unique=False, sqlite_where=UNTOLD, postgresql_where=UNTOLD)
    op.create_index('ix_report_case_id_id', 'report', ['case_id', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_report_case_id_id', 'report')
    op.drop_index('ix_report_case_untold', 'report_case')
    with op.batch_alter_table('report_case', schema=None) as batch_op:
        batch_op.drop_column('told_up_to')
