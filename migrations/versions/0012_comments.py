"""comments: what people say under proposals, what happened to it, and who found it helpful

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('stance', sa.Enum('for', 'against', 'question', 'neutral', name='stance', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('voice', sa.Enum('person', 'author', 'city', name='voice', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'visible', 'hidden', 'deleted', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('helpful_count', sa.Integer(), nullable=False),
    sa.Column('reply_count', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("parent_id IS NULL OR stance = 'neutral'", name=op.f('ck_comment_replies_are_neutral')),
    sa.CheckConstraint("state != 'deleted' OR text = ''", name=op.f('ck_comment_deleted_is_erased')),
    sa.CheckConstraint("state != 'visible' OR published_at IS NOT NULL", name=op.f('ck_comment_visible_is_published')),
    sa.CheckConstraint('helpful_count >= 0 AND reply_count >= 0', name=op.f('ck_comment_counts_not_negative')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_comment_author_id_account')),
    sa.ForeignKeyConstraint(['parent_id'], ['comment.id'], name=op.f('fk_comment_parent_id_comment')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_comment_proposal_id_proposal'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reason_code'], ['reason.code'], name=op.f('fk_comment_reason_code_reason')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index('ix_comment_author_id_created_at', ['author_id', 'created_at'], unique=False)
        batch_op.create_index('ix_comment_helpful', ['proposal_id', 'parent_id', 'helpful_count', 'id'], unique=False)
        batch_op.create_index('ix_comment_newest', ['proposal_id', 'parent_id', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_comment_parent_id'), ['parent_id'], unique=False)

    op.create_table('comment_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('written', 'edited', 'deleted', 'published', 'rejected', 'kept', 'hidden', 'restored', 'marked', 'unmarked', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_comment_event_actor_id_account')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_comment_event_comment_id_comment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reason_code'], ['reason.code'], name=op.f('fk_comment_event_reason_code_reason')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment_event'))
    )
    with op.batch_alter_table('comment_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comment_event_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index('ix_comment_event_comment_id_id', ['comment_id', 'id'], unique=False)

    op.create_table('helpful_mark',
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_helpful_mark_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_helpful_mark_comment_id_comment'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('comment_id', 'account_id', name=op.f('pk_helpful_mark'))
    )
    with op.batch_alter_table('helpful_mark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_helpful_mark_account_id'), ['account_id'], unique=False)

    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('comment_count', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_check_constraint(batch_op.f('ck_proposal_comment_count_not_negative'), sa.text('comment_count >= 0'))



def downgrade() -> None:
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_proposal_comment_count_not_negative'), type_='check')
        batch_op.drop_column('comment_count')

    with op.batch_alter_table('helpful_mark', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_helpful_mark_account_id'))

    op.drop_table('helpful_mark')
    with op.batch_alter_table('comment_event', schema=None) as batch_op:
        batch_op.drop_index('ix_comment_event_comment_id_id')
        batch_op.drop_index(batch_op.f('ix_comment_event_actor_id'))

    op.drop_table('comment_event')
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_comment_parent_id'))
        batch_op.drop_index('ix_comment_newest')
        batch_op.drop_index('ix_comment_helpful')
        batch_op.drop_index('ix_comment_author_id_created_at')

    op.drop_table('comment')
