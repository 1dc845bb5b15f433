"""experts: fields of expertise, applications, invitations

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('expertise',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_expertise'))
    )
    op.create_table('expert_application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('field_code', sa.String(), nullable=True),
    sa.Column('affiliation', sa.String(length=200), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('orcid', sa.String(length=19), nullable=True),
    sa.Column('links', sa.JSON(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('biography', sa.Text(), nullable=False),
    sa.Column('status', sa.Enum('pending', 'approved', 'refused', 'withdrawn', name='status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('approved_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.Column('end_note', sa.Text(), nullable=False),
    sa.CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name=op.f('ck_expert_application_decided')),
    sa.CheckConstraint("ended_at IS NULL OR status = 'approved'", name=op.f('ck_expert_application_ended')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_expert_application_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_expert_application_decided_by_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_expert_application_ended_by_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['field_code'], ['expertise.code'], name=op.f('fk_expert_application_field_code_expertise')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert_application'))
    )
    with op.batch_alter_table('expert_application', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expert_application_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_application_approved_until'), ['approved_until'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_application_field_code'), ['field_code'], unique=False)
        batch_op.create_index('ix_expert_application_status_applied_at', ['status', 'applied_at', 'id'], unique=False)
        batch_op.create_index('uq_expert_application_current', ['account_id'], unique=True, sqlite_where=sa.text("status = 'approved' AND ended_at IS NULL"), postgresql_where=sa.text("status = 'approved' AND ended_at IS NULL"))
        batch_op.create_index('uq_expert_application_pending', ['account_id'], unique=True, sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))

    op.create_table('invitation',
    sa.Column('email_key', sa.String(length=254), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('field_code', sa.String(), nullable=True),
    sa.Column('invited_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['field_code'], ['expertise.code'], name=op.f('fk_invitation_field_code_expertise')),
    sa.ForeignKeyConstraint(['invited_by'], ['account.id'], name=op.f('fk_invitation_invited_by_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('email_key', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_expires_at'), ['expires_at'], unique=False)

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index('ix_account_expert', ['name', 'id'], unique=False, sqlite_where=sa.text("role = 'expert'"), postgresql_where=sa.text("role = 'expert'"))



def downgrade() -> None:
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index('ix_account_expert', sqlite_where=sa.text("role = 'expert'"), postgresql_where=sa.text("role = 'expert'"))

    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_expires_at'))

    op.drop_table('invitation')
    with op.batch_alter_table('expert_application', schema=None) as batch_op:
        batch_op.drop_index('uq_expert_application_pending', sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.drop_index('uq_expert_application_current', sqlite_where=sa.text("status = 'approved' AND ended_at IS NULL"), postgresql_where=sa.text("status = 'approved' AND ended_at IS NULL"))
        batch_op.drop_index('ix_expert_application_status_applied_at')
        batch_op.drop_index(batch_op.f('ix_expert_application_field_code'))
        batch_op.drop_index(batch_op.f('ix_expert_application_approved_until'))
        batch_op.drop_index(batch_op.f('ix_expert_application_account_id'))

    op.drop_table('expert_application')
    op.drop_table('expertise')
