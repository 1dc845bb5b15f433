"""reports by readers, appeals, and who may not decide what waits

Revision: 0011
Follows: 0010
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


@contextmanager
def changing_the_queue() -> Iterator[BatchOperations]:
    """A change of `queue_item` that keeps which of its numbers have been used: SQLite makes the table anew."""
    on_sqlite = op.get_bind().dialect.name == 'sqlite'
    numbers = sa.table('sqlite_sequence', sa.column('name'), sa.column('seq'))
    this = numbers.c.name == 'queue_item'
    used = op.get_bind().execute(sa.select(numbers.c.seq).where(this)).scalar() if on_sqlite else None
    with op.batch_alter_table('queue_item', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        yield batch_op
    if used is not None:
        op.execute(sa.delete(numbers).where(this))
        op.execute(sa.insert(numbers).values(name='queue_item', seq=used))


# Accounts closed and opened before that was a ruling, so that one can appeal against it as well.
CLOSINGS = '''INSERT INTO ruling (kind, subject_id, account_id, actor_id, outcome, note, decided_at)
    SELECT 'account', e.account_id, e.account_id, e.actor_id, CASE WHEN e.kind = 'banned' THEN 'ban' ELSE 'unban' END, e.note, e.created_at
    FROM account_event e WHERE e.kind IN ('banned', 'unbanned')
    AND NOT EXISTS (SELECT 1 FROM ruling r WHERE r.kind = 'account' AND r.subject_id = e.account_id)
    ORDER BY e.id'''


def upgrade() -> None:
    op.create_table('report_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('target', sa.Enum('proposal', 'comment', name='target', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_report_case_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_case')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('report_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_case_proposal_id'), ['proposal_id'], unique=False)
        batch_op.create_index('uq_report_case_open', ['target', 'target_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('reporter_id', sa.Integer(), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['report_case.id'], name=op.f('fk_report_case_id_report_case'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reason_code'], ['reason.code'], name=op.f('fk_report_reason_code_reason')),
    sa.ForeignKeyConstraint(['reporter_id'], ['account.id'], name=op.f('fk_report_reporter_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('case_id', 'reporter_id', name=op.f('uq_report_case_id_reporter_id'))
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_reporter_id'), ['reporter_id'], unique=False)

    op.create_table('appeal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ruling_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_appeal_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ruling_id'], ['ruling.id'], name=op.f('fk_appeal_ruling_id_ruling'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal')),
    sa.UniqueConstraint('ruling_id', name=op.f('uq_appeal_ruling_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('appeal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appeal_account_id'), ['account_id'], unique=False)

    with changing_the_queue() as batch_op:
        batch_op.add_column(sa.Column('barred_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_queue_item_barred_id'), ['barred_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_queue_item_barred_id_account'), 'account', ['barred_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('account_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason_code', sa.String(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_account_event_reason_code_reason'), 'reason', ['reason_code'], ['code'])

    op.execute(CLOSINGS)


def downgrade() -> None:
    # While any waits this is refused, as whatever would lose rows (app/migrations.py): decide them first.
    op.execute("DELETE FROM queue_item WHERE kind IN ('report', 'appeal')")
    with op.batch_alter_table('account_event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_account_event_reason_code_reason'), type_='foreignkey')
        batch_op.drop_column('reason_code')

    with changing_the_queue() as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_queue_item_barred_id_account'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_queue_item_barred_id'))
        batch_op.drop_column('barred_id')

    op.drop_table('appeal')
    op.drop_table('report')
    op.drop_table('report_case')
