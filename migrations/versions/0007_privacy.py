"""privacy: copies of a person's data, one row for all former members, no addresses of emails that have been sent

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('data_export',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('session_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_data_export_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_hash'], ['login_session.token_hash'], name=op.f('fk_data_export_session_hash_login_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_export'))
    )
    with op.batch_alter_table('data_export', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_data_export_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_data_export_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_data_export_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_data_export_session_hash'), ['session_hash'], unique=False)
        batch_op.create_index('uq_data_export_being_prepared', ['account_id'], unique=True, sqlite_where=sa.text('ready_at IS NULL'), postgresql_where=sa.text('ready_at IS NULL'))

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_former_member', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index('uq_account_former_member', ['is_former_member'], unique=True, sqlite_where=sa.text('is_former_member'), postgresql_where=sa.text('is_former_member'))

    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_revision_edited_by'), ['edited_by'], unique=False)

    # Whom an email went to is forgotten once it is sent, from now on and for those sent before.
    op.execute("UPDATE email SET recipient = '' WHERE due_at IS NULL")



def downgrade() -> None:
    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_revision_edited_by'))

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index('uq_account_former_member', sqlite_where=sa.text('is_former_member'), postgresql_where=sa.text('is_former_member'))
        batch_op.drop_column('is_former_member')

    with op.batch_alter_table('data_export', schema=None) as batch_op:
        batch_op.drop_index('uq_data_export_being_prepared', sqlite_where=sa.text('ready_at IS NULL'), postgresql_where=sa.text('ready_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_data_export_session_hash'))
        batch_op.drop_index(batch_op.f('ix_data_export_expires_at'))
        batch_op.drop_index(batch_op.f('ix_data_export_due_at'))
        batch_op.drop_index(batch_op.f('ix_data_export_account_id'))

    op.drop_table('data_export')
