"""The first tables.

Spelt out, not made from `storage.tables`: a migration never changes, tables do.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create everything."""
    _crew_versions()
    _crew_bundles()
    _runs()
    _requests()
    _approvers()
    _decisions()
    _segments()
    _journal()
    _postings()
    _paces()
    _audit_events()
    _audit_payloads()
    _audit_heads()
    _people()
    _policies()
    _workers()


def _crew_versions() -> None:
    op.create_table(
        "crew_versions",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("input_schema", sa.Text(), nullable=False),
        sa.Column("checkpoints", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_crew_versions"),
    )
    op.create_index(
        "ix_crew_versions_name_loaded_at", "crew_versions", ["name", "loaded_at"]
    )


def _crew_bundles() -> None:
    op.create_table(
        "crew_bundles",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hash"], ["crew_versions.hash"], name="fk_crew_bundles_hash"
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_crew_bundles"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("crew", sa.String(), nullable=False),
        sa.Column("crew_title", sa.Text(), nullable=False),
        sa.Column("crew_version", sa.String(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("requester", sa.String(), nullable=False),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("unticked", sa.Text(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "priority IN ('critical', 'high', 'low', 'medium')",
            name=op.f("ck_runs_priority"),
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'expired', 'failed', 'queued', 'rejected', 'running', 'stopped', 'succeeded', 'waiting')",
            name=op.f("ck_runs_state"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("team_id", "code", name="uq_runs_team_id_code"),
        sa.UniqueConstraint("team_id", "origin", name="uq_runs_team_id_origin"),
    )
    op.create_index("ix_runs_team_id_created_at", "runs", ["team_id", "created_at"])
    op.create_index(
        "ix_runs_team_id_requester_created_at",
        "runs",
        ["team_id", "requester", "created_at"],
    )


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("checkpoint", sa.String(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("approvers", sa.Text(), nullable=False),
        sa.Column("unroutable", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing", sa.Text(), nullable=True),
        sa.Column("applied_in", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('answered', 'approved', 'cancelled', 'chosen', 'declined', 'expired', 'held', 'pending', 'rejected', 'revised', 'skipped')",
            name=op.f("ck_requests_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('answered', 'approved', 'cancelled', 'chosen', 'declined', 'expired', 'rejected', 'revised', 'skipped') OR next_due_at IS NULL",
            name=op.f("ck_requests_final_is_never_due"),
        ),
        sa.CheckConstraint(
            "visit >= 1 AND revision >= 1", name=op.f("ck_requests_counted_from_one")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_requests_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint(
            "run_id",
            "path",
            "checkpoint",
            "visit",
            "revision",
            name="uq_requests_run_id_path_checkpoint_visit_revision",
        ),
    )
    op.create_index(
        "ix_requests_next_due_at",
        "requests",
        ["next_due_at"],
        **_where("next_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_requests_unrouted",
        "requests",
        ["asked_at"],
        **_where("policy IS NULL AND state = 'pending'"),
    )


def _approvers() -> None:
    op.create_table(
        "approvers",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_approvers_request_id"
        ),
        sa.PrimaryKeyConstraint("request_id", "user_id", name="pk_approvers"),
    )
    op.create_index("ix_approvers_team_id_user_id", "approvers", ["team_id", "user_id"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('approve', 'choose', 'expired', 'reject', 'revise', 'skip')",
            name=op.f("ck_decisions_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_decisions_request_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("team_id", "origin", name="uq_decisions_team_id_origin"),
    )
    op.create_index("ix_decisions_request_id", "decisions", ["request_id"])


def _segments() -> None:
    op.create_table(
        "segments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("executor", sa.String(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enqueued", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('cancelled', 'ended', 'failed', 'queued', 'running')",
            name=op.f("ck_segments_state"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_segments_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_segments"),
        sa.UniqueConstraint("run_id", "number", name="uq_segments_run_id_number"),
    )
    op.create_index(
        "ix_segments_queued", "segments", ["created_at"], **_where("state = 'queued'")
    )
    op.create_index(
        "uq_segments_one_active_per_run",
        "segments",
        ["run_id"],
        unique=True,
        **_where("state IN ('queued', 'running')"),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", _SEQUENCE, nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("call >= 1", name=op.f("ck_journal_counted_from_one")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_journal_run_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
        sa.UniqueConstraint(
            "run_id",
            "path",
            "method",
            "call",
            name="uq_journal_run_id_path_method_call",
        ),
    )


def _postings() -> None:
    op.create_table(
        "postings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("thing_id", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("manner", sa.String(), nullable=False),
        sa.Column("under_kind", sa.String(), nullable=True),
        sa.Column("under_id", sa.String(), nullable=True),
        sa.Column("ping", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("gave_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('card', 'file', 'result', 'run', 'unroutable')",
            name=op.f("ck_postings_kind"),
        ),
        sa.CheckConstraint(
            "manner IN ('converge', 'once')", name=op.f("ck_postings_manner")
        ),
        sa.CheckConstraint(
            "(owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_postings_leased")
        ),
        sa.CheckConstraint(
            "shown <= wanted", name=op.f("ck_postings_shown_was_wanted")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_postings"),
        sa.UniqueConstraint("key", name="uq_postings_key"),
        sa.UniqueConstraint(
            "kind",
            "thing_id",
            "conversation",
            name="uq_postings_kind_thing_id_conversation",
        ),
    )
    op.create_index("ix_postings_channel_ts", "postings", ["channel", "ts"])
    op.create_index(
        "ix_postings_due",
        "postings",
        ["team_id", "conversation", "rank", "wanted_at"],
        **_where("shown < wanted AND gave_up_at IS NULL"),
    )
    op.create_index(
        "ix_postings_leased",
        "postings",
        ["team_id", "conversation"],
        **_where("lease_until IS NOT NULL"),
    )


def _paces() -> None:
    op.create_table(
        "paces",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "lane", "conversation", name="pk_paces"),
    )


def _audit_events() -> None:
    op.create_table(
        "audit_events",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "seq", name="pk_audit_events"),
    )
    op.create_index("ix_audit_events_run_id", "audit_events", ["run_id"])


def _audit_payloads() -> None:
    op.create_table(
        "audit_payloads",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(payload IS NULL) = (erased_at IS NOT NULL) AND (salt IS NULL) = (payload IS NULL)",
            name=op.f("ck_audit_payloads_there_or_erased"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "seq"],
            ["audit_events.team_id", "audit_events.seq"],
            name="fk_audit_payloads_team_id_seq",
        ),
        sa.PrimaryKeyConstraint("team_id", "seq", name="pk_audit_payloads"),
    )


def _audit_heads() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_audit_heads"),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("home_team", sa.String(), nullable=False),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("is_deactivated", sa.Boolean(), nullable=False),
        sa.Column("tz", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_people"),
    )
    op.create_index("ix_people_team_id_read_at", "people", ["team_id", "read_at"])


def _policies() -> None:
    op.create_table(
        "policies",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_policies"),
    )


def _workers() -> None:
    op.create_table(
        "workers",
        sa.Column("executor", sa.String(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("executor", name="pk_workers"),
    )
    op.create_index("ix_workers_beat_at", "workers", ["beat_at"])


def _where(condition: str) -> dict[str, Any]:
    return {
        "sqlite_where": sa.text(condition),
        "postgresql_where": sa.text(condition),
    }
