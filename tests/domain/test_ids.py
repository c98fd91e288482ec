"""Ids that every machine derives alike."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.ids import derived_id, near_id, placed_id, row_id
from merchant_desk.domain.products import barcode_id, lot_id
from merchant_desk.domain.stock import StockKey, availability_id, tally_id

ids = st.uuids()
texts = st.text(max_size=12)
parts = st.lists(texts | st.binary(max_size=12), max_size=5)


def as_bytes(part: str | bytes) -> bytes:
    return part.encode() if isinstance(part, str) else part


@given(ids, parts)
def test_a_derived_id_is_a_version_8_uuid(namespace: UUID, names: list[str | bytes]) -> None:
    id = derived_id(namespace, *names)
    assert id == derived_id(namespace, *names)
    assert id.version == 8
    assert id.variant == "specified in RFC 4122"


@given(ids, parts, ids, parts)
def test_two_derived_ids_are_equal_only_for_equal_parts(
    one: UUID, names: list[str | bytes], other: UUID, others: list[str | bytes]
) -> None:
    same = one == other and [*map(as_bytes, names)] == [*map(as_bytes, others)]
    assert (derived_id(one, *names) == derived_id(other, *others)) is same


def test_parts_never_run_into_each_other() -> None:
    space = UUID(int=7)
    assert derived_id(space, "ab", "c") != derived_id(space, "a", "bc")
    assert derived_id(space, "ab") != derived_id(space, "ab", "")


def test_the_derivation_stays_what_it_was() -> None:
    # Rows on every desk in the field carry these ids: a change here would be a migration of all of them.
    # SHA-256 of the namespace and the two length-prefixed parts, with version and variant set.
    assert str(derived_id(UUID(int=1), "lot", "L1")) == "d526d7c6-6b26-8f2b-b110-e49550058c01"
    assert str(row_id(UUID(int=1), "ledger", 0)) == "00000000-0000-87ff-91eb-17520ff4d01b"


@given(ids, parts, parts)
def test_a_near_id_begins_like_its_neighbour(
    neighbour: UUID, names: list[str | bytes], others: list[str | bytes]
) -> None:
    near = near_id(neighbour, *names)
    assert near.bytes[:6] == neighbour.bytes[:6]
    assert (near.version, near.variant) == (8, "specified in RFC 4122")
    assert (near == near_id(neighbour, *others)) is ([*map(as_bytes, names)] == [*map(as_bytes, others)])


@given(st.integers(0, (1 << 48) - 1), ids, ids)
def test_a_placed_id_lies_in_its_place_and_belongs_to_its_namespace(
    place: int, one: UUID, other: UUID
) -> None:
    placed = placed_id(place, one, "x")
    assert placed.int >> 80 == place
    assert (placed == placed_id(place, other, "x")) is (one == other)


keys = st.builds(
    StockKey,
    ids,
    ids,
    st.none() | ids,
    st.text(max_size=4),
    st.sampled_from(["sellable", "hold"]),
    st.none() | ids,
)


@given(keys, keys)
def test_a_balance_belongs_to_one_stock_key(one: StockKey, other: StockKey) -> None:
    assert (one.id == other.id) is (one == other)


@given(ids, ids)
def test_ids_of_different_things_differ(one: UUID, other: UUID) -> None:
    made = [
        lot_id(one, "X"),
        barcode_id(one, "X"),
        availability_id(one, other),
        StockKey(one, other).id,
        tally_id(one, other, None, None, other),
        row_id(one, "X"),
    ]
    assert len(set(made)) == len(made)
