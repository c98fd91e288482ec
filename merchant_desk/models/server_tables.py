"""The server's own tables: counter, operations with their outcomes, feed, devices, credentials."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from merchant_desk.models.columns import Id, Side
from merchant_desk.models.tables import metadata_for

metadata: MetaData = metadata_for(Side.SERVER)
"""Every table of a server: the trade's and its own."""

server_state = Table(
    "server_state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

WITHOUT_END = "status IN ('held', 'parked')"
"""Which operations may still settle: a few of millions. A query in just these words uses their index."""

counters = Table(
    "counters",
    metadata,
    Column("merchant_id", Id, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("floor", BigInteger, nullable=False),
    Column("codes", BigInteger, nullable=False),
)
"""Last number of a merchant's feed, compaction's floor in it, last desk code given out."""

operations = Table(
    "operations",
    metadata,
    Column("merchant_id", Id, nullable=False),
    Column("op_id", Id, nullable=False),
    Column("device_id", Id, nullable=False),
    Column("device_seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("body", LargeBinary),
    Column("signature", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("status", Text, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("held_by", Id),
    Column("received_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("merchant_id", "op_id", name="pk_operations"),
    UniqueConstraint("merchant_id", "device_id", "device_seq", name="uq_operations_device"),
    Index(
        "ix_operations_without_end",
        "merchant_id",
        "device_id",
        "device_seq",
        sqlite_where=text(WITHOUT_END),
        postgresql_where=text(WITHOUT_END),
    ),
)
"""`settled_at` is when an operation got the status and the feed rows that it has: after `received_at` only
where it was parked or held in between."""

feed = Table(
    "feed",
    metadata,
    Column("merchant_id", Id, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("op_id", Id, nullable=False),
    Column("scope", Id, nullable=False),
    Column("grp", Text, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("row_id", Id, nullable=False),
    Column("image", LargeBinary),
    PrimaryKeyConstraint("merchant_id", "seq", name="pk_feed"),
    Index("ix_feed_scope", "merchant_id", "scope", "seq"),
)

scope_checks = Table(
    "scope_checks",
    metadata,
    Column("merchant_id", Id, nullable=False),
    Column("scope", Id, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("sum", BigInteger, nullable=False),
    PrimaryKeyConstraint("merchant_id", "scope", "table_name", name="pk_scope_checks"),
)

device_heads = Table(
    "device_heads",
    metadata,
    Column("merchant_id", Id, nullable=False),
    Column("device_id", Id, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("verify_key", LargeBinary, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("outlet_id", Id, nullable=False),
    Column("groups", Text, nullable=False),
    Column("cursor", BigInteger, nullable=False),
    Column("last_contact", BigInteger, nullable=False),
    Column("last_pending", BigInteger, nullable=False),
    Column("recovery", LargeBinary, nullable=False),
    PrimaryKeyConstraint("merchant_id", "device_id", name="pk_device_heads"),
    UniqueConstraint("token_hash", name="uq_device_heads_token"),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("merchant_id", Id, nullable=False),
    Column("outlet_id", Id, nullable=False),
    Column("groups", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("device_id", Id),
)

credentials = Table(
    "credentials",
    metadata,
    Column("merchant_id", Id, nullable=False),
    Column("person_id", Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("last_failure_at", BigInteger),
    Column("locked_at", BigInteger),
    Column("changed_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("merchant_id", "person_id", "kind", name="pk_credentials"),
)

person_sessions = Table(
    "person_sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("merchant_id", Id, nullable=False),
    Column("person_id", Id, nullable=False),
    Column("device_id", Id, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("ix_person_sessions_person", "merchant_id", "person_id"),
)

proofs = Table(
    "proofs",
    metadata,
    Column("merchant_id", Id, nullable=False),
    Column("device_id", Id, nullable=False),
    Column("person_id", Id, nullable=False),
    Column("proved_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("merchant_id", "device_id", "person_id", name="pk_proofs"),
)
"""Who signed in at which desk with a right password or PIN, and when last."""
