"""identities: what shows who a person is, consent, what staff did to an account, text messages

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('verified', 'banned', 'unbanned', 'role', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_event_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_account_event_actor_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_event'))
    )
    with op.batch_alter_table('account_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_event_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_account_event_actor_id'), ['actor_id'], unique=False)

    op.create_table('identity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('provider', sa.String(length=40), nullable=False),
    sa.Column('subject_hash', sa.String(length=64), nullable=False),
    sa.Column('vouches', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_identity_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity')),
    sa.UniqueConstraint('subject_hash', name=op.f('uq_identity_subject_hash'))
    )
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identity_account_id'), ['account_id'], unique=False)

    op.create_table('phone_code',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('number_hash', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_phone_code_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_phone_code'))
    )
    with op.batch_alter_table('phone_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phone_code_expires_at'), ['expires_at'], unique=False)

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('consent_version', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('consented_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.add_column(sa.Column('votes_need', sa.String(length=32), nullable=False, server_default='email'))
        batch_op.create_check_constraint(batch_op.f('ck_campaign_votes_need'), sa.text("votes_need IN ('email', 'verified')"))

    with op.batch_alter_table('city', schema=None) as batch_op:
        batch_op.add_column(sa.Column('phone_region', sa.String(length=2), nullable=False, server_default=''))

    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.add_column(sa.Column('channel', sa.String(length=32), nullable=False, server_default='email'))
        batch_op.create_check_constraint(batch_op.f('ck_email_channel'), sa.text("channel IN ('email', 'sms')"))



def downgrade() -> None:
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_email_channel'), type_='check')
        batch_op.drop_column('channel')

    with op.batch_alter_table('city', schema=None) as batch_op:
        batch_op.drop_column('phone_region')

    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_campaign_votes_need'), type_='check')
        batch_op.drop_column('votes_need')

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_column('consented_at')
        batch_op.drop_column('consent_version')

    with op.batch_alter_table('phone_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_phone_code_expires_at'))

    op.drop_table('phone_code')
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identity_account_id'))

    op.drop_table('identity')
    with op.batch_alter_table('account_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_event_actor_id'))
        batch_op.drop_index(batch_op.f('ix_account_event_account_id'))

    op.drop_table('account_event')
