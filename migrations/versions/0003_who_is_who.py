"""who is who: one key for a person's addresses, mailed links, counted attempts, officers, bans

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

ROLES = ('citizen', 'expert', 'moderator', 'admin')


def in_roles(*names: str) -> str:
    return "role IN (" + ", ".join(f"'{name}'" for name in names) + ")"


def upgrade() -> None:
    op.create_table('attempts',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_attempts'))
    )
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempts_ends_at'), ['ends_at'], unique=False)

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('email_key', sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column('banned_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_account_email'), type_='unique')
        batch_op.drop_constraint(batch_op.f('ck_account_role'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_account_role'), sa.text(in_roles(*ROLES, 'officer')))
        batch_op.create_unique_constraint(batch_op.f('uq_account_email_key'), ['email_key'])
    # Addresses were stored in lower case and unique, so they can serve as their own keys.
    op.execute("UPDATE account SET email_key = email")

    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('device', sa.String(length=80), nullable=False, server_default=''))

    # Codes live for minutes; those on their way are void, and a new one can be asked for.
    op.drop_table('sign_in_code')
    op.create_table('mailed_code',
    sa.Column('email_key', sa.String(length=254), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('link_hash', sa.String(length=64), nullable=False),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('email_key', name=op.f('pk_mailed_code')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_mailed_code_link_hash'))
    )


def downgrade() -> None:
    op.drop_table('mailed_code')
    op.create_table('sign_in_code',
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('email', name=op.f('pk_sign_in_code'))
    )
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.drop_column('device')

    op.execute("UPDATE account SET role = 'citizen' WHERE role = 'officer'")
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_account_email_key'), type_='unique')
        batch_op.drop_constraint(batch_op.f('ck_account_role'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_account_role'), sa.text(in_roles(*ROLES)))
        batch_op.create_unique_constraint(batch_op.f('uq_account_email'), ['email'])
        batch_op.drop_column('banned_at')
        batch_op.drop_column('email_key')

    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempts_ends_at'))
    op.drop_table('attempts')
