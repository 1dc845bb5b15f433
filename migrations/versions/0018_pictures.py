"""pictures: support by day, where wards lie and their outlines, changes of status in the order of time

Revision: 0018
Follows: 0017
"""

from collections import Counter
from datetime import UTC, date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

CHANGES = sa.text("kind = 'status'")
CHUNK = 10_000


def upgrade() -> None:
    days = op.create_table('support_day',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('change', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_support_day_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'day', name=op.f('pk_support_day')),
    sqlite_with_rowid=False
    )
    op.create_table('ward_boundary',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('rings', sa.JSON(), nullable=False),
    sa.Column('centre', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['code'], ['ward.code'], name=op.f('fk_ward_boundary_code_ward'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_ward_boundary'))
    )
    with op.batch_alter_table('ward', schema=None) as batch_op:
        batch_op.add_column(sa.Column('centre', sa.JSON(), nullable=True))

    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('ix_event_status_changes', ['created_at', 'from_status', 'to_status'], unique=False, sqlite_where=CHANGES, postgresql_where=CHANGES)

    rows = _counted(op.get_bind())
    for start in range(0, len(rows), CHUNK):
        op.bulk_insert(days, rows[start : start + CHUNK])


def _counted(connection: sa.Connection) -> list[dict[str, object]]:
    """The days of the votes that there are, in the city's calendar."""
    zone = ZoneInfo(connection.execute(sa.text('SELECT timezone FROM city')).scalar() or 'UTC')
    moment = sa.column('cast_at', sa.DateTime(timezone=True))
    proposal = sa.column('proposal_id', sa.Integer())
    votes = sa.select(proposal, moment, sa.func.count()).select_from(sa.table('vote')).where(sa.text("value = 'support'"))
    sums: Counter[tuple[int, date]] = Counter()
    for number, cast_at, count in connection.execute(votes.group_by(proposal, moment)):
        aware = cast_at if cast_at.tzinfo else cast_at.replace(tzinfo=UTC)
        sums[number, aware.astimezone(zone).date()] += count
    return [{'proposal_id': number, 'day': day, 'change': count} for (number, day), count in sorted(sums.items())]


def downgrade() -> None:
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_status_changes', sqlite_where=CHANGES, postgresql_where=CHANGES)

    with op.batch_alter_table('ward', schema=None) as batch_op:
        batch_op.drop_column('centre')

    op.drop_table('ward_boundary')
    op.drop_table('support_day')
