"""Alembic's entry: runs the migrations on the connection that app.migrations hands over, or on the configured database."""

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import app.models  # noqa: F401 - the models register their tables
from app.database import UTCDateTime, make_engine
from app.migrations import TEXT_INDEX, migrating
from app.settings import get_settings


def render_item(kind, item, autogen_context):
    """Write our own and SQLModel's column types into migrations as the plain types that the database sees."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def include_name(name, kind, _parents):
    """Leave alone what is no model's: the text indexes of the two engines."""
    return kind != "table" or not name.startswith(TEXT_INDEX)


def run(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        render_item=render_item,
        include_name=include_name,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    with migrating(make_engine(get_settings())) as connection:
        run(connection)
