"""desk: one queue for what waits for moderators, their decisions, edits that wait, and how campaigns are run

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

RULES = ('answer_days', 'answer_on_recommendation', 'answer_threshold', 'rubric', 'trusted_skip', 'comments_premoderated')
# What was decided before there was a table for it: steps that moderators made, and how they are called there.
OUTCOME = '''CASE
    WHEN to_status = 'hidden' THEN 'hide'
    WHEN from_status = 'hidden' THEN 'restore'
    WHEN to_status = 'merged' THEN 'merge'
    WHEN to_status = 'returned' THEN 'return'
    WHEN to_status = 'rejected' THEN 'reject'
    ELSE 'publish' END'''
RULED = """kind = 'status' AND (to_status IN ('hidden', 'merged') OR from_status = 'hidden'
    OR (from_status = 'submitted' AND to_status IN ('published', 'returned', 'rejected')))"""


def event_kinds(*kinds: str) -> None:
    names = ', '.join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_event_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_event_kind'), sa.text(f'kind IN ({names})'))


def fill() -> None:
    """What waits and what has been decided, as it stands in the older tables."""
    op.execute('''INSERT INTO queue_item (kind, subject_id, rank, since, is_set_aside, proposal_id, author_id, pillar_code, language)
        SELECT 'proposal', p.id, 1, p.submitted_at, a.banned_at IS NOT NULL, p.id, p.author_id, p.pillar_code, p.language
        FROM proposal p JOIN account a ON a.id = p.author_id
        WHERE p.status = 'submitted' ORDER BY p.submitted_at, p.id''')
    op.execute('''INSERT INTO queue_item (kind, subject_id, rank, since, is_set_aside, author_id, language)
        SELECT 'application', e.id, 1, e.applied_at, a.banned_at IS NOT NULL, e.account_id, a.language
        FROM expert_application e JOIN account a ON a.id = e.account_id
        WHERE e.status = 'pending' ORDER BY e.applied_at, e.id''')
    op.execute(f'''INSERT INTO ruling (kind, subject_id, proposal_id, account_id, actor_id, outcome, reason_code, note, decided_at)
        SELECT 'proposal', e.proposal_id, e.proposal_id, p.author_id, e.actor_id, {OUTCOME}, e.reason_code, e.note, e.created_at
        FROM (SELECT * FROM event WHERE {RULED}) e JOIN proposal p ON p.id = e.proposal_id ORDER BY e.id''')
    op.execute('''INSERT INTO ruling (kind, subject_id, account_id, actor_id, outcome, note, waited_since, decided_at)
        SELECT 'application', id, account_id, decided_by, CASE WHEN status = 'approved' THEN 'approve' ELSE 'refuse' END,
               note, applied_at, decided_at
        FROM expert_application WHERE status IN ('approved', 'refused') AND decided_at IS NOT NULL ORDER BY id''')


def upgrade() -> None:
    op.create_table('canned_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['reason_code'], ['reason.code'], name=op.f('fk_canned_answer_reason_code_reason')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_answer'))
    )
    op.create_table('queue_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('proposal', 'edit', 'comment', 'report', 'application', 'appeal', 'account', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.Enum('entered', 'claimed', 'released', 'raised', 'left', 'decided', name='step', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_queue_event_actor_id_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_event'))
    )
    with op.batch_alter_table('queue_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_queue_event_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_queue_event_item_id'), ['item_id'], unique=False)

    op.create_table('pending_edit',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_pending_edit_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', name=op.f('pk_pending_edit'))
    )
    op.create_table('queue_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('proposal', 'edit', 'comment', 'report', 'application', 'appeal', 'account', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_set_aside', sa.Boolean(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('pillar_code', sa.String(), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('claimed_by', sa.Integer(), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_queue_item_author_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['claimed_by'], ['account.id'], name=op.f('fk_queue_item_claimed_by_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['pillar_code'], ['pillar.code'], name=op.f('fk_queue_item_pillar_code_pillar')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_queue_item_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_item')),
    sa.UniqueConstraint('kind', 'subject_id', name=op.f('uq_queue_item_kind_subject_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('queue_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_queue_item_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_queue_item_claimed_by'), ['claimed_by'], unique=False)
        batch_op.create_index('ix_queue_item_kind_order', ['kind', 'rank', 'since', 'id'], unique=False, sqlite_where=sa.text('NOT is_set_aside'), postgresql_where=sa.text('NOT is_set_aside'))
        batch_op.create_index('ix_queue_item_order', ['rank', 'since', 'id'], unique=False, sqlite_where=sa.text('NOT is_set_aside'), postgresql_where=sa.text('NOT is_set_aside'))
        batch_op.create_index(batch_op.f('ix_queue_item_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('ruling',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('proposal', 'edit', 'comment', 'report', 'application', 'appeal', 'account', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('proposal_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.Enum('publish', 'return', 'reject', 'hide', 'restore', 'merge', 'accept', 'keep', 'approve', 'refuse', 'end', 'dismiss', 'uphold', 'ban', 'unban', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('waited_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_ruling_account_id_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_ruling_actor_id_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_ruling_proposal_id_proposal'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['reason_code'], ['reason.code'], name=op.f('fk_ruling_reason_code_reason')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ruling')),
    sa.UniqueConstraint('item_id', name=op.f('uq_ruling_item_id'))
    )
    with op.batch_alter_table('ruling', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ruling_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_ruling_actor_id_decided_at', ['actor_id', 'decided_at'], unique=False)
        batch_op.create_index('ix_ruling_decided_at', ['decided_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ruling_proposal_id'), ['proposal_id'], unique=False)
        batch_op.create_index('ix_ruling_subject', ['kind', 'subject_id', 'id'], unique=False)

    op.create_table('queue_signal',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Enum('similar', 'links', 'phone', 'email', 'citizen_number', 'many', 'capitals', 'first', 'reported', name='code', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['queue_item.id'], name=op.f('fk_queue_signal_item_id_queue_item'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('item_id', 'code', name=op.f('pk_queue_signal'))
    )
    with op.batch_alter_table('queue_signal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_queue_signal_code'), ['code'], unique=False)

    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.add_column(sa.Column('comments_premoderated', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('trusted_skip', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('rubric', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('answer_threshold', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('answer_on_recommendation', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('answer_days', sa.Integer(), nullable=False, server_default='60'))
        batch_op.create_check_constraint(batch_op.f('ck_campaign_answer_threshold_positive'), sa.text('answer_threshold > 0'))
        batch_op.create_check_constraint(batch_op.f('ck_campaign_answer_days_positive'), sa.text('answer_days > 0'))

    event_kinds('created', 'edited', 'status', 'edit_sent', 'edit_returned')
    fill()




def downgrade() -> None:
    op.execute("UPDATE event SET kind = 'edited' WHERE kind IN ('edit_sent', 'edit_returned')")
    event_kinds('created', 'edited', 'status')
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_campaign_answer_days_positive'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_campaign_answer_threshold_positive'), type_='check')
        for name in RULES:
            batch_op.drop_column(name)

    with op.batch_alter_table('queue_signal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_queue_signal_code'))

    op.drop_table('queue_signal')
    with op.batch_alter_table('ruling', schema=None) as batch_op:
        batch_op.drop_index('ix_ruling_subject')
        batch_op.drop_index(batch_op.f('ix_ruling_proposal_id'))
        batch_op.drop_index('ix_ruling_decided_at')
        batch_op.drop_index('ix_ruling_actor_id_decided_at')
        batch_op.drop_index(batch_op.f('ix_ruling_account_id'))

    op.drop_table('ruling')
    with op.batch_alter_table('queue_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_queue_item_proposal_id'))
        batch_op.drop_index('ix_queue_item_order', sqlite_where=sa.text('NOT is_set_aside'), postgresql_where=sa.text('NOT is_set_aside'))
        batch_op.drop_index('ix_queue_item_kind_order', sqlite_where=sa.text('NOT is_set_aside'), postgresql_where=sa.text('NOT is_set_aside'))
        batch_op.drop_index(batch_op.f('ix_queue_item_claimed_by'))
        batch_op.drop_index(batch_op.f('ix_queue_item_author_id'))

    op.drop_table('queue_item')
    op.drop_table('pending_edit')
    with op.batch_alter_table('queue_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_queue_event_item_id'))
        batch_op.drop_index(batch_op.f('ix_queue_event_actor_id'))

    op.drop_table('queue_event')
    op.drop_table('canned_answer')
