"""The history of PostgreSQL's tables, for Alembic; `knowledge.store.postgresql_schema` runs it."""
