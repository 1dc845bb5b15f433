"""answers: officers of departments, what the city owes and answers, milestones, follows and their news

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

EVENTS = (
    'created', 'edited', 'status', 'edit_sent', 'edit_returned', 'assessment_opened', 'evaluator_assigned',
    'evaluator_declared', 'evaluator_recused', 'verdict_given', 'assessment_closed', 'verdict_revised',
)
NEW_EVENTS = ('answer_called', 'answer_assigned', 'milestone_set', 'milestone_changed', 'milestone_reached')
ACCOUNT_EVENTS = ('verified', 'banned', 'unbanned', 'role')


def listed(*names: str) -> str:
    return ', '.join(f"'{name}'" for name in names)


def kinds(table: str, *names: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f'ck_{table}_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f(f'ck_{table}_kind'), sa.text(f'kind IN ({listed(*names)})'))


def upgrade() -> None:
    kinds('event', *EVENTS, *NEW_EVENTS)
    kinds('account_event', *ACCOUNT_EVENTS, 'department')
    op.create_table('news_mail',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('is_wanted', sa.Boolean(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_news_mail_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_news_mail'))
    )
    op.create_table('officer',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('department_code', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_officer_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['department_code'], ['department.code'], name=op.f('fk_officer_department_code_department')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_officer'))
    )
    with op.batch_alter_table('officer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_officer_department_code'), ['department_code'], unique=False)

    op.create_table('answer_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('department_code', sa.String(), nullable=True),
    sa.Column('cause', sa.Enum('supports', 'recommendation', 'moderator', name='cause', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['department_code'], ['department.code'], name=op.f('fk_answer_request_department_code_department')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_answer_request_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_request'))
    )
    with op.batch_alter_table('answer_request', schema=None) as batch_op:
        batch_op.create_index('ix_answer_request_department_due', ['department_code', 'due_at', 'id'], unique=False, sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))
        batch_op.create_index('ix_answer_request_due', ['due_at', 'id'], unique=False, sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_answer_request_proposal_id'), ['proposal_id'], unique=False)
        batch_op.create_index('uq_answer_request_open', ['proposal_id'], unique=True, sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))

    op.create_table('follow',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_follow_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_follow_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'proposal_id', name=op.f('pk_follow'))
    )
    with op.batch_alter_table('follow', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_follow_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('news',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('spread_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_news_event_id_event'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_news_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news'))
    )
    with op.batch_alter_table('news', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_news_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_proposal_id'), ['proposal_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_spread_at'), ['spread_at'], unique=False)

    op.create_table('official_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('department_code', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'approved', 'published', 'discarded', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status', sa.Enum('draft', 'submitted', 'returned', 'rejected', 'published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined', 'withdrawn', 'hidden', 'merged', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('promises', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('drafted_by', sa.Integer(), nullable=True),
    sa.Column('approved_by', sa.Integer(), nullable=True),
    sa.Column('publish_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f('ck_official_answer_published')),
    sa.ForeignKeyConstraint(['approved_by'], ['account.id'], name=op.f('fk_official_answer_approved_by_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['department_code'], ['department.code'], name=op.f('fk_official_answer_department_code_department')),
    sa.ForeignKeyConstraint(['drafted_by'], ['account.id'], name=op.f('fk_official_answer_drafted_by_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_official_answer_event_id_event')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_official_answer_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_official_answer')),
    sa.UniqueConstraint('event_id', name=op.f('uq_official_answer_event_id'))
    )
    with op.batch_alter_table('official_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_official_answer_approved_by'), ['approved_by'], unique=False)
        batch_op.create_index('ix_official_answer_department_newest', ['department_code', 'published_at', 'id'], unique=False, sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))
        batch_op.create_index('ix_official_answer_desk', ['department_code', 'id'], unique=False, sqlite_where=sa.text("state IN ('draft', 'submitted', 'approved')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'approved')"))
        batch_op.create_index(batch_op.f('ix_official_answer_drafted_by'), ['drafted_by'], unique=False)
        batch_op.create_index('ix_official_answer_newest', ['published_at', 'id'], unique=False, sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))
        batch_op.create_index(batch_op.f('ix_official_answer_proposal_id'), ['proposal_id'], unique=False)
        batch_op.create_index('ix_official_answer_state_publish_at', ['state', 'publish_at'], unique=False)
        batch_op.create_index('uq_official_answer_open', ['proposal_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'submitted', 'approved')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'approved')"))

    op.create_table('answer_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('step', sa.Enum('drafted', 'edited', 'submitted', 'returned', 'approved', 'published', 'held', 'discarded', name='step', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_answer_event_actor_id_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['answer_id'], ['official_answer.id'], name=op.f('fk_answer_event_answer_id_official_answer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_event'))
    )
    with op.batch_alter_table('answer_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_event_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_answer_event_answer_id'), ['answer_id'], unique=False)

    op.create_table('milestone',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('department_code', sa.String(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(progress = 100) = (done_at IS NOT NULL)', name=op.f('ck_milestone_done')),
    sa.CheckConstraint('progress BETWEEN 0 AND 100', name=op.f('ck_milestone_progress')),
    sa.ForeignKeyConstraint(['answer_id'], ['official_answer.id'], name=op.f('fk_milestone_answer_id_official_answer')),
    sa.ForeignKeyConstraint(['department_code'], ['department.code'], name=op.f('fk_milestone_department_code_department')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_milestone_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestone'))
    )
    with op.batch_alter_table('milestone', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_milestone_answer_id'), ['answer_id'], unique=False)
        batch_op.create_index('ix_milestone_department_due', ['department_code', 'due_at', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.create_index('ix_milestone_due', ['due_at', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_milestone_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('notice',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('news_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['news_id'], ['news.id'], name=op.f('fk_notice_news_id_news'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'news_id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_created_at', ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_news_id'), ['news_id'], unique=False)

    op.create_table('milestone_update',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('milestone_id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=500), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_milestone_update_actor_id_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['milestone_id'], ['milestone.id'], name=op.f('fk_milestone_update_milestone_id_milestone'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestone_update'))
    )
    with op.batch_alter_table('milestone_update', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_milestone_update_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_milestone_update_milestone_id'), ['milestone_id'], unique=False)

    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unsubscribe_url', sa.String(length=500), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.drop_column('unsubscribe_url')

    with op.batch_alter_table('milestone_update', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_milestone_update_milestone_id'))
        batch_op.drop_index(batch_op.f('ix_milestone_update_actor_id'))

    op.drop_table('milestone_update')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_news_id'))
        batch_op.drop_index('ix_notice_created_at')

    op.drop_table('notice')
    with op.batch_alter_table('milestone', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_milestone_proposal_id'))
        batch_op.drop_index('ix_milestone_due', sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.drop_index('ix_milestone_department_due', sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_milestone_answer_id'))

    op.drop_table('milestone')
    with op.batch_alter_table('answer_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_answer_event_answer_id'))
        batch_op.drop_index(batch_op.f('ix_answer_event_actor_id'))

    op.drop_table('answer_event')
    with op.batch_alter_table('official_answer', schema=None) as batch_op:
        batch_op.drop_index('uq_official_answer_open', sqlite_where=sa.text("state IN ('draft', 'submitted', 'approved')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'approved')"))
        batch_op.drop_index('ix_official_answer_state_publish_at')
        batch_op.drop_index(batch_op.f('ix_official_answer_proposal_id'))
        batch_op.drop_index('ix_official_answer_newest', sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))
        batch_op.drop_index(batch_op.f('ix_official_answer_drafted_by'))
        batch_op.drop_index('ix_official_answer_desk', sqlite_where=sa.text("state IN ('draft', 'submitted', 'approved')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'approved')"))
        batch_op.drop_index('ix_official_answer_department_newest', sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))
        batch_op.drop_index(batch_op.f('ix_official_answer_approved_by'))

    op.drop_table('official_answer')
    with op.batch_alter_table('news', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_news_spread_at'))
        batch_op.drop_index(batch_op.f('ix_news_proposal_id'))
        batch_op.drop_index(batch_op.f('ix_news_event_id'))

    op.drop_table('news')
    with op.batch_alter_table('follow', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_follow_proposal_id'))

    op.drop_table('follow')
    with op.batch_alter_table('answer_request', schema=None) as batch_op:
        batch_op.drop_index('uq_answer_request_open', sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_answer_request_proposal_id'))
        batch_op.drop_index('ix_answer_request_due', sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))
        batch_op.drop_index('ix_answer_request_department_due', sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))

    op.drop_table('answer_request')
    with op.batch_alter_table('officer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_officer_department_code'))

    op.drop_table('officer')
    op.drop_table('news_mail')
    op.execute(f"UPDATE event SET kind = 'edited', note = '' WHERE kind IN ({listed(*NEW_EVENTS)})")
    op.execute("UPDATE account_event SET kind = 'role' WHERE kind = 'department'")
    kinds('event', *EVENTS)
    kinds('account_event', *ACCOUNT_EVENTS)
