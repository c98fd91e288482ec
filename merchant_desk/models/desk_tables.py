"""A desk's own tables: outbox, cursor, scan journal, people who signed in here."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from merchant_desk.models.columns import Id, Side
from merchant_desk.models.tables import metadata_for

metadata: MetaData = metadata_for(Side.DESK)
"""Every table of a desk: the trade's and its own."""

RowNumber = Integer
"""The number by which SQLite itself finds a row (64 bits): such a key needs no index beside its table."""

outbox = Table(
    "outbox",
    metadata,
    Column("device_seq", RowNumber, primary_key=True, autoincrement=False),
    Column("op_id", Id, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("person_id", Id, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("about_id", Id),
    Column("header", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("effects", LargeBinary, nullable=False),
    Column("footprint", LargeBinary, nullable=False),
    Column("verdicts", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("stands", BigInteger, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("settled_at", BigInteger),
    Index("ix_outbox_status", "status", "device_seq"),
    Index("ix_outbox_settled_at", "settled_at", "device_seq"),
    Index("ix_outbox_about_id", "about_id", "device_seq"),
)

desk_state = Table(
    "desk_state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

scan_journal = Table(
    "scan_journal",
    metadata,
    Column("n", RowNumber, primary_key=True, autoincrement=False),
    Column("raw", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("document_id", Id),
    Column("person_id", Id),
    Column("scanned_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("op_id", Id),
    Column("packs", BigInteger),
    Column("minus", BigInteger, nullable=False),
    Column("replaces", BigInteger),
    Index("ix_scan_journal_document", "document_id", "n"),
    Index("ix_scan_journal_state", "state", "n"),
)

scan_packs = Table(
    "scan_packs",
    metadata,
    Column("document_id", Id, nullable=False),
    Column("station", Text, nullable=False),
    Column("sku_id", Id, nullable=False),
    Column("pack", BigInteger, nullable=False),
    Column("unit", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    PrimaryKeyConstraint("document_id", "station", "sku_id", "pack", name="pk_scan_packs"),
)
"""By which packs each product was scanned into a document: what the journal's recorded scans come to."""

document_numbers = Table(
    "document_numbers",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("next", BigInteger, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("person_id", Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("locked_at", BigInteger),
    Column("signed_in_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("person_id", "kind", name="pk_sign_ins"),
)
