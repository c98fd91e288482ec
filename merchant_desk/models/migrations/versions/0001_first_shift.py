"""The tables of the first shift.

Everything here is frozen: nothing is imported from the program, whose declarations move on. Until the first
release the tables below may still be changed together with those in `models/`; a test compares the two.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import context, op

revision = "0001"
down_revision = branch_labels = depends_on = None


class Trade(NamedTuple):
    """A table of the trade: columns after `id`, look-ups on both sides, lists on a desk ("a; b c": two)."""

    name: str
    columns: str
    finds: str = ""
    lists: str = ""
    synced: bool = True


class Own(NamedTuple):
    """A table of one side alone; keys and indexes as "name: column column" or without name.

    `partial` is an index of some rows: "name: column column WHERE condition".
    """

    name: str
    columns: str
    key: str
    unique: str = ""
    indexes: str = ""
    partial: str = ""


TRADE = (
    Trade("merchants", "name text, currency text, rights_version int"),
    Trade("outlets", "code text, code_key text, name text, archived int", finds="code_key"),
    Trade(
        "warehouses",
        "outlet_id id, code text, code_key text, name text, receiving_id id, staging_id id, archived int",
        finds="outlet_id; code_key",
    ),
    Trade(
        "locations",
        "outlet_id id, warehouse_id id, code text, code_key text, kind text, archived int",
        finds="code_key; warehouse_id code_key",
    ),
    Trade("persons", "login text, name text, badge text, archived int", finds="login; badge"),
    Trade(
        "roles",
        "person_id id, outlet_id id?, role text, from_version int, to_version int?",
        finds="person_id; role",
    ),
    Trade(
        "devices",
        "outlet_id id, code text, name text, verify_key bytes, seal_key bytes, enrolled_at int, "
        "retired_at int?, retired_reason text, former_id id?, former_seq int",
        finds="code",
    ),
    Trade(
        "skus",
        "sku text, sku_key text, name text, name_en text, sort_key text, category text, base_unit text, "
        "price int, track_lot int, track_expiry int, track_serial int, shelf_life_days int, "
        "min_days_left int, supplier_id id?, draft int, archived int, job_id id?",
        finds="sku_key",
        lists="sort_key",
    ),
    Trade(
        "barcodes",
        "code text, gtin text?, sku_id id, quantity int, unit text, job_id id?",
        finds="code; gtin; sku_id",
    ),
    Trade("sku_merges", "kept_id id", finds="kept_id"),
    Trade("sku_costs", "cost int"),
    Trade("lots", "sku_id id, code text, expiry int?, made int?", finds="sku_id"),
    Trade("sku_taxes", "tax_id id?", lists="tax_id"),
    Trade("suppliers", "code text, code_key text, name text, archived int, job_id id?", finds="code_key"),
    Trade(
        "carriers", "code text, code_key text, name text, tracking_url text, archived int", finds="code_key"
    ),
    Trade("taxes", "code text, code_key text, name text, archived int", finds="code_key"),
    Trade("tax_rates", "tax_id id, from_day int, rate int", lists="tax_id from_day"),
    Trade(
        "record_changes",
        "about_table text, about_id id, event text, was text, now text, time int, person_id id, device_id id",
        lists="about_id time",
    ),
    Trade(
        "ledger",
        "outlet_id id, op_id id, device_id id, device_seq int, person_id id, time int, time_bound int, "
        "kind text, document_id id, line_id id?, tally_id id?, stock_key id, availability_id id?, "
        "warehouse_id id, location_id id, sku_id id, lot_id id?, serial text, status text, owner_id id?, "
        "quantity int, reverses_id id?, reason text",
        finds="document_id; stock_key time",
        lists="sku_id time",
    ),
    Trade(
        "openings",
        "outlet_id id, warehouse_id id, location_id id, sku_id id, stock_key id, quantity int, "
        "costed int, ledger_id id?, job_id id, changed_at int",
        finds="stock_key",
        lists="job_id",
    ),
    Trade("go_lives", "outlet_id id, day int?, live_at int?, person_id id"),
    Trade("ledger_costs", "outlet_id id, op_id id, unit_cost int"),
    Trade(
        "stock_balances",
        "outlet_id id, warehouse_id id, location_id id, sku_id id, lot_id id?, serial text, status text, "
        "owner_id id?, on_hand int",
        finds="location_id; warehouse_id sku_id; sku_id",
        synced=False,
    ),
    Trade(
        "availability",
        "outlet_id id, warehouse_id id, sku_id id, on_hand int, reserved int, expected int",
        finds="sku_id",
        synced=False,
    ),
    Trade("line_totals", "done int, reserved int", synced=False),
    Trade(
        "tallies",
        "document_id id, line_id id?, sku_id id, lot_id id?, location_id id, quantity int",
        finds="document_id",
        synced=False,
    ),
    Trade(
        "purchase_orders",
        "outlet_id id, warehouse_id id, supplier_id id, number text, number_key text, status text, "
        "due_day int, placed_at int, changed_at int, person_id id, job_id id?",
        finds="number_key; supplier_id",
        lists="status due_day; placed_at",
    ),
    Trade(
        "purchase_lines",
        "outlet_id id, order_id id, position int, sku_id id, quantity int",
        finds="order_id sku_id; sku_id",
    ),
    Trade("purchase_line_costs", "outlet_id id, order_id id, unit_cost int"),
    Trade(
        "expectations",
        "outlet_id id, op_id id, line_id id, warehouse_id id, sku_id id, availability_id id, quantity int",
        finds="line_id; sku_id",
    ),
    Trade(
        "receipts",
        "outlet_id id, warehouse_id id, number text, number_key text, purchase_order_id id?, "
        "supplier_id id?, status text, opened_at int, closed_at int?, person_id id, device_id id, "
        "reversed_at int?, reversed_by id?",
        finds="number_key; purchase_order_id",
        lists="status opened_at",
    ),
    Trade(
        "orders",
        "outlet_id id, warehouse_id id, kind text, number text, number_key text, channel text, "
        "buyer_id id?, buyer text, status text, hold_reason text, placed_at int, due_at int?, "
        "ended_at int?, goods int, freight int, discount int, charges int, total int, refunded int, "
        "line_count int, summary text, note text, job_id id?",
        finds="number_key; buyer_id",
        lists="status due_at; placed_at",
    ),
    Trade(
        "order_lines",
        "outlet_id id, order_id id, position int, sku_id id, rule text, quantity int, unit_price int, "
        "amount int",
        finds="order_id sku_id; sku_id",
    ),
    Trade(
        "order_charges",
        "outlet_id id, order_id id, position int, code text, name text, service text, rule text, "
        "quantity int, unit_price int, amount int",
        finds="order_id",
    ),
    Trade(
        "order_events",
        "outlet_id id, op_id id, order_id id, time int, person_id id, event text, note text",
        finds="order_id",
    ),
    Trade(
        "reservations",
        "outlet_id id, op_id id, order_id id, line_id id, warehouse_id id, sku_id id, availability_id id, "
        "quantity int",
        finds="order_id; sku_id",
    ),
    Trade(
        "shipments",
        "outlet_id id, warehouse_id id, order_id id, number text, number_key text, status text, "
        "carrier text, carrier_id id?, tracking text, opened_at int, closed_at int?, person_id id, "
        "device_id id, reversed_at int?, reversed_by id?",
        finds="number_key; order_id",
        lists="status opened_at",
    ),
    Trade(
        "refunds",
        "outlet_id id, op_id id, order_id id, time int, person_id id, amount int, reason text",
        finds="order_id",
    ),
    Trade("visits", "outlet_id id, op_id id, day int, channel text, visitors int"),
    Trade(
        "buyers",
        "code text, code_key text, tail text, level text, erased_at int?, job_id id?",
        finds="code_key",
    ),
    Trade("buyer_secrets", "sealed bytes"),
    Trade("buyer_keys", "key bytes, shared int", lists="shared", synced=False),
    Trade(
        "counts",
        "outlet_id id, warehouse_id id, location_id id, number text, number_key text, status text, "
        "blind int, opened_at int, opened_seq int, opened_bound int, closed_at int?, closed_device_id id?, "
        "closed_seq int?, closed_bound int?, person_id id, device_id id, reversed_at int?, reversed_by id?",
        finds="number_key; location_id; outlet_id status",
        lists="status opened_at",
    ),
    Trade(
        "count_entries",
        "outlet_id id, op_id id, document_id id, line_id id, tally_id id, stock_key id, device_id id, "
        "device_seq int, time int, time_bound int, person_id id, warehouse_id id, location_id id, "
        "sku_id id, lot_id id?, serial text, quantity int",
        finds="document_id",
    ),
    Trade(
        "count_lines",
        "outlet_id id, op_id id, count_id id, stock_key id, device_id id, device_seq int, time int, "
        "time_bound int, warehouse_id id, location_id id, sku_id id, lot_id id?, serial text, status text, "
        "owner_id id?, counted int, book int, variance int, reverses_id id?",
        finds="count_id; stock_key",
    ),
    Trade(
        "tasks",
        "outlet_id id, kind text, code text, op_id id, op_kind text, device_id id, person_id id, "
        "about_table text, about_id id?, facts text, raised_at int, status text, settled_at int?, "
        "settled_by id?, resolution text, note text, resubmitted_as id?",
        finds="op_id; about_id",
        lists="status raised_at",
    ),
    Trade("refused_bodies", "outlet_id id, op_version int, body bytes"),
    Trade(
        "unknown_codes",
        "outlet_id id, code text, document_id id?, location_id id?, previous_code text, station text, "
        "reported_at int, person_id id, device_id id, status text, sku_id id?, quantity int?",
        finds="code",
        lists="status reported_at",
    ),
    Trade(
        "jobs",
        "outlet_id id, kind text, source text, file_hash text, plan_hash text, result_hash text, rows int, "
        "status text, written int, unchanged int, ineffective int, refused int, person_id id, "
        "device_id id, started_at int, ended_at int?",
        finds="outlet_id status",
    ),
    Trade(
        "job_chunks",
        "op_id id, job_id id, kind text, number int, created int, unchanged int, rows int",
        finds="job_id",
    ),
    Trade("job_writes", "job_id id, about_table text, about_id id, fields text, open int", lists="job_id"),
    Trade(
        "settings", "key text, level text, scope_id id, value text, set_at int, set_by id", lists="scope_id"
    ),
    Trade(
        "setting_changes",
        "key text, level text, scope_id id, was text, value text, set_at int, set_by id, device_id id",
        lists="key set_at",
    ),
    Trade("archives", "made_at int, person_id id, name text, sha256 text, rows int, personal int"),
)
DESK = (
    Own(
        "outbox",
        """device_seq row, op_id id, kind text, person_id id, time int, about_id id?, header bytes, body
        bytes, signature bytes, chain bytes, effects bytes, footprint bytes, verdicts text, status text,
        stands int, first_seq int, last_seq int, code text, facts text, settled_at int?""",
        key="device_seq",
        unique="op_id",
        indexes="""ix_outbox_about_id: about_id device_seq; ix_outbox_settled_at: settled_at device_seq;
                ix_outbox_status: status device_seq""",
    ),
    Own("desk_state", "name text, value bytes", key="name"),
    Own(
        "scan_journal",
        """n row, raw bytes, text text, source text, station text, document_id id?, person_id id?, scanned_at
        int, state text, outcome text, op_id id?, packs int?, minus int, replaces int?""",
        key="n",
        indexes="ix_scan_journal_document: document_id n; ix_scan_journal_state: state n",
    ),
    Own(
        "scan_packs",
        "document_id id, station text, sku_id id, pack int, unit text, quantity int",
        key="pk_scan_packs: document_id station sku_id pack",
    ),
    Own("document_numbers", "prefix text, next int", key="prefix"),
    Own(
        "sign_ins",
        "person_id id, kind text, login text, verifier text, failures int, locked_at int?, signed_in_at int",
        key="pk_sign_ins: person_id kind",
    ),
)
SERVER = (
    Own("server_state", "name text, value text", key="name"),
    Own("counters", "merchant_id id, seq int, floor int, codes int", key="merchant_id"),
    Own(
        "operations",
        """merchant_id id, op_id id, device_id id, device_seq int, kind text, header bytes, body bytes?,
        signature bytes, hash bytes, status text, first_seq int, last_seq int, code text, facts text,
        held_by id?, received_at int, settled_at int""",
        key="pk_operations: merchant_id op_id",
        unique="uq_operations_device: merchant_id device_id device_seq",
        partial="""ix_operations_without_end: merchant_id device_id device_seq
        WHERE status IN ('held', 'parked')""",
    ),
    Own(
        "feed",
        "merchant_id id, seq int, op_id id, scope id, grp text, table_name text, row_id id, image bytes?",
        key="pk_feed: merchant_id seq",
        indexes="ix_feed_scope: merchant_id scope seq",
    ),
    Own(
        "scope_checks",
        "merchant_id id, scope id, table_name text, rows int, sum int",
        key="pk_scope_checks: merchant_id scope table_name",
    ),
    Own(
        "device_heads",
        """merchant_id id, device_id id, head int, chain bytes, verify_key bytes, token_hash bytes, outlet_id
        id, groups text, cursor int, last_contact int, last_pending int, recovery bytes""",
        key="pk_device_heads: merchant_id device_id",
        unique="uq_device_heads_token: token_hash",
    ),
    Own(
        "enrolments",
        """secret_hash bytes, merchant_id id, outlet_id id, groups text, expires_at int, used_at int?,
        device_id id?""",
        key="secret_hash",
    ),
    Own(
        "credentials",
        """merchant_id id, person_id id, kind text, verifier text, failures int, last_failure_at int?,
        locked_at int?, changed_at int""",
        key="pk_credentials: merchant_id person_id kind",
    ),
    Own(
        "person_sessions",
        "token_hash bytes, merchant_id id, person_id id, device_id id, expires_at int",
        key="token_hash",
        indexes="ix_person_sessions_person: merchant_id person_id",
    ),
    Own(
        "proofs",
        "merchant_id id, device_id id, person_id id, proved_at int",
        key="pk_proofs: merchant_id device_id person_id",
    ),
)


def upgrade() -> None:
    is_server = context.config.attributes["side"].value == "server"
    for table in TRADE:
        _create_trade(table, is_server=is_server)
    for own in SERVER if is_server else DESK:
        named = _named(own.key)
        constraints: list[Any] = [sa.PrimaryKeyConstraint(*named[0][1], name=named[0][0])]
        constraints += [sa.UniqueConstraint(*columns, name=name) for name, columns in _named(own.unique)]
        op.create_table(own.name, *_columns(own.columns), *constraints)
        for name, columns in _named(own.indexes):
            op.create_index(name, own.name, columns)
        if own.partial:
            index, _, condition = own.partial.partition("WHERE ")
            ((name, columns),), where = _named(index), sa.text(condition)
            op.create_index(name, own.name, columns, sqlite_where=where, postgresql_where=where)


def _create_trade(table: Trade, *, is_server: bool) -> None:
    lead = ["merchant_id"] if is_server else []
    system = ", feed_seq int?, feed_hash int?" if table.synced else ""
    first = ", ".join(f"{name} id" for name in (*lead, "id"))
    key = sa.PrimaryKeyConstraint(*lead, "id", name=f"pk_{table.name}")
    op.create_table(table.name, *_columns(f"{first}, {table.columns}{system}"), key)
    wanted = table.finds if is_server else f"{table.finds};{table.lists}"
    for columns in filter(None, (part.split() for part in wanted.split(";"))):
        op.create_index(f"ix_{table.name}_{'_'.join(columns)}", table.name, [*lead, *columns])


def _columns(declared: str) -> list[sa.Column[Any]]:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    types: dict[str, Any] = {"int": sa.BigInteger(), "row": sa.Integer(), "text": sa.Text()}
    types |= {"bytes": sa.LargeBinary(), "id": sa.Uuid() if is_postgres else sa.LargeBinary(16)}
    return [
        sa.Column(name, types[kind.rstrip("?")], nullable=kind.endswith("?"), autoincrement=False)
        for name, kind in (part.split() for part in declared.split(","))
    ]


def _named(text: str) -> list[tuple[str | None, list[str]]]:
    parts = (part.rpartition(":") for part in filter(None, text.split(";")))
    return [(name.strip() or None, columns.split()) for name, _, columns in parts]
