"""Faults that are planted in the product, one at a time: rehearsal must find each of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest

from merchant_desk.domain import ids
from merchant_desk.domain.counting import CountGoods
from merchant_desk.domain.products import ChangePrice
from merchant_desk.domain.receiving import ReceiveGoods
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers import context as handlers
from merchant_desk.models.statements import TableStatements
from merchant_desk.server import batch, compaction, intake, pages, snapshot_build
from merchant_desk.sync import desk, rebase, rebuild, replay, slices
from merchant_desk.sync.desk_state import write_value
from merchant_desk.sync.exchange import Exchange
from merchant_desk.sync.outbox import Outbox
from merchant_desk.sync.protocol import Status

Plant = Callable[[pytest.MonkeyPatch], None]
PLANTS: dict[str, Plant] = {}


def plant(make: Plant) -> Plant:
    """List a planted fault by its name."""
    PLANTS[make.__name__] = make
    return make


# ---------------------------------------------------------------- the server


@plant
def known_operations_are_not_looked_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(intake._Run, "_known", lambda run, connection, ids: {})


@plant
def the_feeds_numbers_have_gaps(patch: pytest.MonkeyPatch) -> None:
    """As when they are taken from a sequence, and a transaction is rolled back."""
    lock = batch.Batch._lock

    def beyond(one: batch.Batch) -> int:
        found = lock(one)
        return found + 1 if found % 7 == 0 and found else found

    patch.setattr(batch.Batch, "_lock", beyond)


@plant
def a_ready_file_lacks_a_row(patch: pytest.MonkeyPatch) -> None:
    fill = snapshot_build._fill_from_file

    def all_but_one(database: Any, scope: Any, target: Any) -> tuple[int, int]:
        found = fill(database, scope, target)
        target.execute("DELETE FROM ledger WHERE rowid = (SELECT max(rowid) FROM ledger)")
        return found

    patch.setattr(snapshot_build, "_fill_from_file", all_but_one)


@plant
def an_outcome_is_not_filed(patch: pytest.MonkeyPatch) -> None:
    write = batch.Batch._write_log

    def all_but_the_last(one: batch.Batch) -> None:
        one.log = one.log[:-1] if len(one.log) > 2 else one.log
        write(one)

    patch.setattr(batch.Batch, "_write_log", all_but_the_last)


@plant
def a_tombstone_is_dropped(patch: pytest.MonkeyPatch) -> None:
    grouped = pages._by_operation
    patch.setattr(
        pages, "_by_operation", lambda lines: grouped([line for line in lines if line[4] is not None])
    )


@plant
def a_page_cuts_an_operation(patch: pytest.MonkeyPatch) -> None:
    def cut(one: Any, connection: Any, asked: Any, found: Sequence[Any], rows: int) -> tuple[Any, int]:
        return found[:rows], found[rows - 1][0]

    patch.setattr(pages.Pages, "_whole_operations", cut)


@plant
def a_page_skips_what_others_left(patch: pytest.MonkeyPatch) -> None:
    """As when a cursor is handed out while a lower number is not committed yet."""
    rows = pages.Pages._rows

    def some(one: Any, connection: Any, asked: Any, after: int, limit: int) -> list[Any]:
        found = rows(one, connection, asked, after, limit)
        return found if len(found) < 4 else [*found[:1], *found[2:]]

    patch.setattr(pages.Pages, "_rows", some)


@plant
def compaction_forgets_what_is_current(patch: pytest.MonkeyPatch) -> None:
    drop = compaction.Compaction._drop

    def more(one: Any, merchant_id: Any, after: int, until: int, *, superseded: bool) -> Any:
        with one._database.writer.begin() as connection:
            connection.exec_driver_sql("DELETE FROM feed WHERE seq = ?", (max(until - 1, 1),))
        return drop(one, merchant_id, after, until, superseded=superseded)

    patch.setattr(compaction.Compaction, "_drop", more)


# ---------------------------------------------------------------- handlers


@plant
def a_fact_is_refused(patch: pytest.MonkeyPatch) -> None:
    carry_out = batch.Batch.carry_out

    def strict(one: batch.Batch, envelope: Any, body: object, outlet_id: Any) -> Any:
        if isinstance(body, CountGoods):
            return one._refused(envelope, Refusal("not_allowed"), outlet_id, body)
        return carry_out(one, envelope, body, outlet_id)

    patch.setattr(batch.Batch, "carry_out", strict)


@plant
def a_total_is_written_as_an_image(patch: pytest.MonkeyPatch) -> None:
    """The last writer's total stands, instead of what all of them moved."""

    def image(one: TableStatements, sums: Sequence[str]) -> str:
        key = ", ".join((*one.lead, "id"))
        return f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in sums)}"

    patch.setattr(TableStatements, "_on_conflict", image)


@plant
def a_derived_id_repeats(patch: pytest.MonkeyPatch) -> None:
    """Every operation makes rows of the same ids."""
    made = ids.row_id
    patch.setattr(handlers, "row_id", lambda _, table, n=0: made(UUID(int=7), table, n))


@plant
def a_handler_reads_a_clock(patch: pytest.MonkeyPatch) -> None:
    """Each time it runs it says something else."""
    change, looks = handlers._handlers[ChangePrice], iter(range(1, 1_000_000))

    def restless(context: Any, op: ChangePrice) -> None:
        change(context, op)
        context.unit.update("skus", op.sku_id, price=op.price + next(looks))

    patch.setitem(handlers._handlers, ChangePrice, restless)


@plant
def a_scan_counts_twice(patch: pytest.MonkeyPatch) -> None:
    """The server books twice what is received."""
    receive = handlers._handlers[ReceiveGoods]

    def eager(context: Any, op: ReceiveGoods) -> None:
        on_server = context.unit.store.statements["ledger"].on_server
        receive(context, replace(op, quantity=op.quantity * 2) if on_server else op)

    patch.setitem(handlers._handlers, ReceiveGoods, eager)


# ---------------------------------------------------------------- the desk


@plant
def the_cursor_moves_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    apply = desk.DeskEngine._apply

    def hasty(engine: Any, ops: Any, until: int, *, trust: bool) -> Any:
        with engine.store.engine.begin() as connection:
            position = msgspec.structs.replace(engine.position, cursor=until)
            write_value(connection.connection.cursor(), "position", position)
        return apply(engine, ops, until, trust=trust)

    patch.setattr(desk.DeskEngine, "_apply", hasty)


@plant
def rows_come_in_before_own_work_is_taken_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(replay.Rework, "_take_back", lambda work, seqs: None)


@plant
def later_work_is_seen_when_earlier_is_done_anew(patch: pytest.MonkeyPatch) -> None:
    """The fault that rehearsal found in the product itself on its first day."""
    patch.setattr(replay._Ahead, "of", lambda ahead, seq, footprint: set())


@plant
def the_outboxs_last_row_is_lost(patch: pytest.MonkeyPatch) -> None:
    reload = desk.DeskEngine.reload

    def forgetful(engine: Any) -> None:
        with engine.store.engine.begin() as connection:
            last = "SELECT max(device_seq) FROM outbox WHERE status = 'pending'"
            connection.exec_driver_sql(f"DELETE FROM outbox WHERE device_seq = ({last})")
        reload(engine)

    patch.setattr(desk.DeskEngine, "reload", forgetful)


@plant
def what_was_refused_stays_on_the_screen(patch: pytest.MonkeyPatch) -> None:
    take = desk.DeskEngine.take_outcomes

    def hopeful(engine: Any, outcomes: Any) -> Any:
        wished = [
            msgspec.structs.replace(one, status=Status.APPLIED) if one.status is Status.REFUSED else one
            for one in outcomes
        ]
        return take(engine, wished)

    patch.setattr(desk.DeskEngine, "take_outcomes", hopeful)


@plant
def work_is_let_go_of_when_it_is_answered(patch: pytest.MonkeyPatch) -> None:
    take = desk.DeskEngine.take_outcomes

    def early(engine: Any, outcomes: Any) -> Any:
        return take(engine, [msgspec.structs.replace(one, last_seq=0) for one in outcomes])

    patch.setattr(desk.DeskEngine, "take_outcomes", early)


@plant
def another_epoch_is_not_noticed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Exchange, "_check_epoch", lambda exchange, epoch: None)


@plant
def a_copy_is_not_noticed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Exchange, "_get_stuck", lambda exchange, reason, device_seq: None)


@plant
def a_copys_numbers_pass_for_ones_own(patch: pytest.MonkeyPatch) -> None:
    """The second fault that rehearsal found in the product."""
    patch.setattr(rebuild.Rebuild, "_is_ours", lambda one, page: True)


@plant
def a_desk_enrolled_again_offers_only_its_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rebase, "OFFERED", f"{rebase.OFFERED} LIMIT 1")


@plant
def a_slice_drops_its_last_row(patch: pytest.MonkeyPatch) -> None:
    cut = slices.cut

    def short(page: Any, rows: int) -> Any:
        slices = cut(page, rows)
        for ops, _ in slices:
            if len(ops) > 2 and len(ops[-1].rows) > 1:
                del ops[-1].rows[-1]
        return slices

    patch.setattr(desk, "cut", short)


@plant
def an_answer_is_filed_under_the_next_operation(patch: pytest.MonkeyPatch) -> None:
    record = Outbox.record

    def shifted(outbox: Outbox, outcomes: Any) -> None:
        told = list(outcomes)
        ids = [one.op_id for one in told]
        record(
            outbox,
            [
                msgspec.structs.replace(one, op_id=id)
                for one, id in zip(told, [*ids[1:], *ids[:1]], strict=True)
            ],
        )

    patch.setattr(Outbox, "record", shifted)
