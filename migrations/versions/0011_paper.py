"""Papers and files: verification codes, templates, drafts, proofs of service, attachments, bound files.

Reversible. New columns are nullable, so that the version before goes on working.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APP, OWNER = "lianxin_app", "lianxin_owner"

#: What the application role may do to a tenant's own rows. A template is never changed, only followed by a newer one;
#: of an attachment only the removal can be written, and a proof of service stands as it was recorded.
TENANT_TABLES = {
    "document_templates": "select, insert",
    "document_drafts": "select, insert, update",
    "servings": "select, insert",
    "attachments": "select, insert, update (removed_at, removed_by, removal_reason)",
    "dossiers": "select, insert, update, delete",
}


def _wall(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {APP}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy own on {table} for all to {APP} "
        "using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"
    )
    # The owner reads and removes a destroyed union's rows, as in 0008.
    for name, command in (("shred_read", "select"), ("shred", "delete")):
        op.execute(f"create policy {name} on {table} for {command} to {OWNER} using (tenant_id = app.tenant())")


def _keys() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def upgrade() -> None:
    op.add_column("documents", sa.Column("code", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("digest", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint("uq_documents_tenant_id_code", "documents", ["tenant_id", "code"])
    _templates_and_drafts()
    _servings()
    _attachments()
    _dossiers()
    for table, rights in TENANT_TABLES.items():
        _wall(table, rights)


def _templates_and_drafts() -> None:
    op.create_table(
        "document_templates",
        *_keys(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", JSONB(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_document_templates_version_counts_up")),
        sa.CheckConstraint("(title is null) = (body is null)", name=op.f("ck_document_templates_whole_or_default")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_document_templates"),
        sa.UniqueConstraint("tenant_id", "kind", "version", name="uq_document_templates_tenant_id_kind_version"),
    )
    op.create_table(
        "document_drafts",
        *_keys(),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "document_id is null or discarded_at is null", name=op.f("ck_document_drafts_issued_or_discarded")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"],
            ["documents.tenant_id", "documents.id"],
            name="fk_document_drafts_tenant_id_document_id_documents",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_document_drafts"),
    )
    op.create_index(
        "uq_document_drafts_open",
        "document_drafts",
        ["tenant_id", "subject_id", "kind"],
        unique=True,
        postgresql_where=sa.text("document_id is null and discarded_at is null"),
    )


def _servings() -> None:
    op.create_table(
        "servings",
        *_keys(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=True),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome in ('signed', 'refused', 'sent', 'returned')", name=op.f("ck_servings_known_outcome")
        ),
        sa.CheckConstraint(
            "receiver in ('self', 'agent', 'family', 'unit')", name=op.f("ck_servings_known_receiver")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"],
            ["documents.tenant_id", "documents.id"],
            name="fk_servings_tenant_id_document_id_documents",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_servings"),
    )
    op.create_index("ix_servings_document", "servings", ["tenant_id", "document_id"])


def _attachments() -> None:
    op.create_table(
        "attachments",
        *_keys(),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removal_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_size_is_true")),
        sa.CheckConstraint(
            "(removed_at is null) = (removal_reason is null)", name=op.f("ck_attachments_removed_for_a_reason")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_attachments"),
    )
    op.create_index("ix_attachments_subject", "attachments", ["tenant_id", "subject_id"])
    op.create_index("ix_attachments_blob", "attachments", ["tenant_id", "blob"])


def _dossiers() -> None:
    op.create_table(
        "dossiers",
        *_keys(),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pieces", JSONB(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status in ('waiting', 'ready', 'failed')", name=op.f("ck_dossiers_known_status")),
        sa.CheckConstraint("(status = 'ready') = (blob is not null)", name=op.f("ck_dossiers_ready_has_a_file")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_dossiers"),
    )
    op.create_index("ix_dossiers_subject", "dossiers", ["tenant_id", "subject_id"])


def downgrade() -> None:
    op.drop_table("dossiers")
    op.drop_table("attachments")
    op.drop_table("servings")
    op.drop_index(
        "uq_document_drafts_open",
        table_name="document_drafts",
        postgresql_where=sa.text("document_id is null and discarded_at is null"),
    )
    op.drop_table("document_drafts")
    op.drop_table("document_templates")
    op.drop_constraint("uq_documents_tenant_id_code", "documents", type_="unique")
    op.drop_column("documents", "digest")
    op.drop_column("documents", "code")
