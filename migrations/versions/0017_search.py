"""search: the text index of each engine, by what hits are counted, and the known words

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

STATUSES = ('draft', 'submitted', 'returned', 'rejected', 'published', 'under_consideration', 'accepted', 'in_progress', 'completed', 'declined', 'withdrawn', 'hidden', 'merged')
UNLEARNT = sa.text('NOT is_learnt')
# Deleted words are overwritten, as everything that is deleted here; the words come parted and folded.
SQLITE = (
    """CREATE VIRTUAL TABLE search_text USING fts5(title, summary, rest, columnsize=0, prefix='2 3', tokenize="unicode61 remove_diacritics 0")""",
    "INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1)",
    "CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN DELETE FROM search_text WHERE rowid = old.proposal_id; END",
)
POSTGRESQL = (
    "CREATE TABLE search_text (proposal_id INTEGER PRIMARY KEY REFERENCES search_entry ON DELETE CASCADE, title tsvector NOT NULL, head tsvector NOT NULL, words tsvector NOT NULL)",
    "CREATE INDEX ix_search_text_title ON search_text USING gin (title)",
    "CREATE INDEX ix_search_text_head ON search_text USING gin (head)",
    "CREATE INDEX ix_search_text_words ON search_text USING gin (words)",
)


def upgrade() -> None:
    # The background loop fills them from what is there.
    op.create_table('search_entry',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum(*STATUSES, name='search_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('pillar_code', sa.String(), nullable=True),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('goals', sa.Text(), nullable=False),
    sa.Column('wards', sa.Text(), nullable=False),
    sa.Column('is_learnt', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_search_entry_proposal_id_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', name=op.f('pk_search_entry'))
    )
    op.create_index('ix_search_entry_unlearnt', 'search_entry', ['proposal_id'], unique=False, sqlite_where=UNLEARNT, postgresql_where=UNLEARNT)
    op.create_table('search_word',
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('word', name=op.f('pk_search_word')),
    sqlite_with_rowid=False
    )
    on_sqlite = op.get_bind().dialect.name == 'sqlite'
    for statement in SQLITE if on_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TRIGGER search_entry_gone')
    op.execute('DROP TABLE search_text')
    op.drop_table('search_word')
    op.drop_table('search_entry')
