"""first tables

Revision: 0001
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('role', sa.Enum('citizen', 'expert', 'moderator', 'admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email'))
    )
    op.create_table('campaign',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('question', sa.JSON(), nullable=False),
    sa.Column('is_standing', sa.Boolean(), nullable=False),
    sa.Column('submission_opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submission_closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voting_opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voting_closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('votes_per_person', sa.Integer(), nullable=True),
    sa.Column('allows_opposition', sa.Boolean(), nullable=False),
    sa.Column('budget', sa.Numeric(precision=18, scale=2), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=True),
    sa.Column('source_digest', sa.String(length=64), nullable=True),
    sa.Column('source_meta', sa.JSON(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('budget >= 0', name=op.f('ck_campaign_budget_not_negative')),
    sa.CheckConstraint('votes_per_person > 0', name=op.f('ck_campaign_votes_per_person_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign')),
    sa.UniqueConstraint('source', name=op.f('uq_campaign_source'))
    )
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.create_index('uq_campaign_standing', ['is_standing'], unique=True, sqlite_where=sa.text('is_standing'), postgresql_where=sa.text('is_standing'))

    op.create_table('city',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('ref_prefix', sa.String(length=12), nullable=False),
    sa.Column('timezone', sa.String(length=60), nullable=False),
    sa.Column('default_language', sa.String(length=8), nullable=False),
    sa.Column('licence', sa.String(length=120), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('colours', sa.JSON(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_city_one_city')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_city'))
    )
    op.create_table('department',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_department'))
    )
    op.create_table('email',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email'))
    )
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_email_recipient'), ['recipient'], unique=False)

    op.create_table('goal',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('descriptions', sa.JSON(), nullable=False),
    sa.Column('horizon', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_goal'))
    )
    op.create_table('pillar',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('descriptions', sa.JSON(), nullable=False),
    sa.Column('colour', sa.String(length=9), nullable=False),
    sa.Column('colour_dark', sa.String(length=9), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_pillar'))
    )
    op.create_table('reason',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('descriptions', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_reason'))
    )
    op.create_table('sign_in_code',
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('email', name=op.f('pk_sign_in_code'))
    )
    op.create_table('tag',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_tag'))
    )
    op.create_table('ward',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_ward'))
    )
    op.create_table('api_token',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_api_token_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_api_token'))
    )
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_token_account_id'), ['account_id'], unique=False)

    op.create_table('login_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_login_session_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_login_session'))
    )
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_session_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_login_session_expires_at'), ['expires_at'], unique=False)

    op.create_table('proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=40), nullable=True),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('solution', sa.Text(), nullable=False),
    sa.Column('expected_impact', sa.Text(), nullable=False),
    sa.Column('resources_needed', sa.Text(), nullable=False),
    sa.Column('pillar_code', sa.String(), nullable=True),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('cost', sa.Numeric(precision=18, scale=2), nullable=True),
    sa.Column('status', sa.Enum('draft', 'submitted', 'returned', 'rejected', 'published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined', 'withdrawn', 'hidden', 'merged', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status_before_hiding', sa.Enum('draft', 'submitted', 'returned', 'rejected', 'published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined', 'withdrawn', 'hidden', 'merged', name='status_before_hiding', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('published_revision', sa.Integer(), nullable=True),
    sa.Column('support_count', sa.Integer(), nullable=False),
    sa.Column('oppose_count', sa.Integer(), nullable=False),
    sa.Column('trend', sa.Float(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source_row', sa.JSON(), nullable=True),
    sa.CheckConstraint("(status = 'hidden') = (status_before_hiding IS NOT NULL)", name=op.f('ck_proposal_hiding')),
    sa.CheckConstraint("status != 'merged' OR merged_into_id IS NOT NULL", name=op.f('ck_proposal_merged_into')),
    sa.CheckConstraint('cost >= 0', name=op.f('ck_proposal_cost_not_negative')),
    sa.CheckConstraint('support_count >= 0 AND oppose_count >= 0', name=op.f('ck_proposal_counts_not_negative')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_proposal_author_id_account')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_proposal_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['proposal.id'], name=op.f('fk_proposal_merged_into_id_proposal')),
    sa.ForeignKeyConstraint(['pillar_code'], ['pillar.code'], name=op.f('fk_proposal_pillar_code_pillar')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    sa.UniqueConstraint('ref', name=op.f('uq_proposal_ref'))
    )
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposal_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposal_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_index('ix_proposal_most_supported', ['support_count', 'id'], unique=False, sqlite_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"), postgresql_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"))
        batch_op.create_index('ix_proposal_newest', ['published_at', 'id'], unique=False, sqlite_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"), postgresql_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"))
        batch_op.create_index(batch_op.f('ix_proposal_pillar_code'), ['pillar_code'], unique=False)
        batch_op.create_index('ix_proposal_status_submitted_at', ['status', 'submitted_at', 'id'], unique=False)
        batch_op.create_index('ix_proposal_trending', ['trend', 'id'], unique=False, sqlite_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"), postgresql_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"))
        batch_op.create_index('ix_proposal_updated', ['updated_at', 'id'], unique=False, sqlite_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"), postgresql_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"))

    op.create_table('voter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('pseudonym', sa.String(length=100), nullable=True),
    sa.Column('source_row', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_voter_account_id_account')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_voter_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voter')),
    sa.UniqueConstraint('account_id', name=op.f('uq_voter_account_id')),
    sa.UniqueConstraint('campaign_id', 'pseudonym', name=op.f('uq_voter_campaign_id_pseudonym'))
    )
    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('created', 'edited', 'status', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('from_status', sa.Enum('draft', 'submitted', 'returned', 'rejected', 'published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined', 'withdrawn', 'hidden', 'merged', name='from_status', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('to_status', sa.Enum('draft', 'submitted', 'returned', 'rejected', 'published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined', 'withdrawn', 'hidden', 'merged', name='to_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_event_actor_id_account')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_event_proposal_id_proposal'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reason_code'], ['reason.code'], name=op.f('fk_event_reason_code_reason')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index('ix_event_proposal_id_id', ['proposal_id', 'id'], unique=False)

    op.create_table('proposal_goal',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['code'], ['goal.code'], name=op.f('fk_proposal_goal_code_goal')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_goal_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'code', name=op.f('pk_proposal_goal'))
    )
    with op.batch_alter_table('proposal_goal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_goal_code'), ['code'], unique=False)

    op.create_table('proposal_tag',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_tag_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'code', name=op.f('pk_proposal_tag'))
    )
    with op.batch_alter_table('proposal_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_tag_code'), ['code'], unique=False)

    op.create_table('proposal_ward',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['code'], ['ward.code'], name=op.f('fk_proposal_ward_code_ward')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_ward_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'code', name=op.f('pk_proposal_ward'))
    )
    with op.batch_alter_table('proposal_ward', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_ward_code'), ['code'], unique=False)

    op.create_table('revision',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('edited_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['edited_by'], ['account.id'], name=op.f('fk_revision_edited_by_account')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_revision_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'number', name=op.f('pk_revision'))
    )
    op.create_table('vote',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('voter_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.Enum('support', 'oppose', name='value', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('cast_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_vote_proposal_id_proposal'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['voter_id'], ['voter.id'], name=op.f('fk_vote_voter_id_voter')),
    sa.PrimaryKeyConstraint('proposal_id', 'voter_id', name=op.f('pk_vote'))
    )
    with op.batch_alter_table('vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vote_voter_id'), ['voter_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('vote', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vote_voter_id'))

    op.drop_table('vote')
    op.drop_table('revision')
    with op.batch_alter_table('proposal_ward', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposal_ward_code'))

    op.drop_table('proposal_ward')
    with op.batch_alter_table('proposal_tag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposal_tag_code'))

    op.drop_table('proposal_tag')
    with op.batch_alter_table('proposal_goal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposal_goal_code'))

    op.drop_table('proposal_goal')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_proposal_id_id')
        batch_op.drop_index(batch_op.f('ix_event_actor_id'))

    op.drop_table('event')
    op.drop_table('voter')
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_index('ix_proposal_updated', sqlite_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"), postgresql_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"))
        batch_op.drop_index('ix_proposal_trending', sqlite_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"), postgresql_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"))
        batch_op.drop_index('ix_proposal_status_submitted_at')
        batch_op.drop_index(batch_op.f('ix_proposal_pillar_code'))
        batch_op.drop_index('ix_proposal_newest', sqlite_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"), postgresql_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"))
        batch_op.drop_index('ix_proposal_most_supported', sqlite_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"), postgresql_where=sa.text("status IN ('published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined')"))
        batch_op.drop_index(batch_op.f('ix_proposal_merged_into_id'))
        batch_op.drop_index(batch_op.f('ix_proposal_campaign_id'))
        batch_op.drop_index(batch_op.f('ix_proposal_author_id'))

    op.drop_table('proposal')
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_session_expires_at'))
        batch_op.drop_index(batch_op.f('ix_login_session_account_id'))

    op.drop_table('login_session')
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_token_account_id'))

    op.drop_table('api_token')
    op.drop_table('ward')
    op.drop_table('tag')
    op.drop_table('sign_in_code')
    op.drop_table('reason')
    op.drop_table('pillar')
    op.drop_table('goal')
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_email_recipient'))

    op.drop_table('email')
    op.drop_table('department')
    op.drop_table('city')
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_index('uq_campaign_standing', sqlite_where=sa.text('is_standing'), postgresql_where=sa.text('is_standing'))

    op.drop_table('campaign')
    op.drop_table('account')
