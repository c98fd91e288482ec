"""What a new shop lacks, step by step."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.readiness import (
    NEEDED,
    OPTIONAL,
    ShopFacts,
    Step,
    Task,
    lacking,
    next_step,
    readiness,
    waiting_for,
)

NEW = ShopFacts(0, 0, 0, 0, 0, moved=False, people=1, unbadged=1)
READY = ShopFacts(
    12, 20, 0, 0, 3, moved=True, people=4, unbadged=0, desks=2, printers=1, scanner=True, taxes=1, carriers=1,
    live=True, outlets=2, customers=5,
)  # fmt: skip
COUNTS = st.integers(0, 3)


def test_a_new_shop_lacks_everything_and_a_ready_one_nothing() -> None:
    assert [state.step for state in readiness(NEW)] == list(Step)
    assert not any(state.is_begun for state in readiness(NEW))
    assert all(state.is_done for state in readiness(READY))
    assert [lacking(readiness(READY), task) for task in Task] == [()] * len(Task)


@pytest.mark.parametrize(
    ("facts", "task", "lacks"),
    [
        (NEW, Task.RECEIVE, (Step.LOCATIONS, Step.PRODUCTS)),
        (NEW, Task.SHIP, (Step.LOCATIONS, Step.PRODUCTS, Step.STOCK)),
        (NEW, Task.PURCHASE, (Step.PRODUCTS, Step.SUPPLIERS)),
        (replace(READY, storage=0), Task.COUNT, (Step.LOCATIONS,)),
        (replace(READY, unpriced=20), Task.ORDER, (Step.PRICES,)),
        (replace(READY, unpriced=19), Task.ORDER, ()),
        (replace(READY, moved=False), Task.RECEIVE, ()),
    ],
)
def test_a_task_waits_for_what_it_needs_alone(facts: ShopFacts, task: Task, lacks: tuple[Step, ...]) -> None:
    assert lacking(readiness(facts), task) == lacks


def test_what_is_done_in_part_says_how_much_is_left() -> None:
    states = {state.step: state for state in readiness(replace(READY, uncoded=3, unbadged=1))}
    assert (states[Step.BARCODES].is_done, states[Step.BARCODES].left) == (False, 3)
    assert (states[Step.BADGES].is_done, states[Step.BADGES].left) == (False, 1)


@given(
    st.builds(
        ShopFacts, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, moved=st.booleans(), people=COUNTS, unbadged=COUNTS
    )
)
def test_what_holds_a_task_up_is_a_step_that_it_needs_and_that_is_not_done(facts: ShopFacts) -> None:
    states = {state.step: state for state in readiness(facts)}
    for task in Task:
        for step in lacking(tuple(states.values()), task):
            assert task in NEEDED[step]
            assert not states[step].is_done
    wanted = next_step(tuple(states.values()))
    assert wanted is None or not states[wanted].is_done


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (NEW, Step.LOCATIONS),
        (replace(NEW, storage=1), Step.PRODUCTS),
        (replace(READY, uncoded=1, moved=False), Step.STOCK),
        (replace(READY, uncoded=1), Step.BARCODES),
        (replace(READY, desks=1), Step.DESKS),
        (READY, None),
    ],
)
def test_what_a_task_waits_for_comes_first(facts: ShopFacts, step: Step | None) -> None:
    assert next_step(readiness(facts)) is step


def test_a_step_names_the_tasks_that_wait_for_it() -> None:
    assert waiting_for(readiness(NEW), Step.STOCK) == (Task.SHIP,)
    assert waiting_for(readiness(READY), Step.STOCK) == ()
    assert waiting_for(readiness(NEW), Step.BADGES) == ()


def test_a_shop_of_one_outlet_without_regular_customers_is_ready() -> None:
    alone = readiness(replace(READY, outlets=1, customers=0))
    assert {state.step for state in alone if not state.is_done} == OPTIONAL
    assert not any(state.is_open for state in alone)
    assert next_step(alone) is None
    by_warehouse = {state.step: state for state in readiness(replace(READY, outlets=1, warehouses=2))}
    assert by_warehouse[Step.OUTLETS].is_done
