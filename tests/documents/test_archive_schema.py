"""Does the description of an archive say what the tables are: all of them, once, and nothing else?"""

import json
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.documents import archive_columns, archive_tables
from merchant_desk.documents.archive_file import ArchiveFile
from merchant_desk.documents.archive_schema import PERSONAL, described, entities, id_text, utc_text
from merchant_desk.models.tables import SPECS

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "archive" / "datapackage.json"
"""Written anew by `python -m tests.documents.test_archive_schema`."""

ABOUT = {
    "merchant": {"id": "m", "name": "青石供销社", "currency": "CNY"},
    "created": "2026-11-22T00:00:00.000000Z",
    "person": "店长",
    "version": "1",
    "seq": 7,
    "epoch": "e",
}


def stored_columns() -> set[tuple[str, str]]:
    """Return every column that comes into an archive."""
    left_out = archive_columns.LEFT_OUT
    return {
        (name, column.name)
        for name, spec in SPECS.items()
        if name not in archive_tables.LEFT_OUT
        for column in spec.columns
        if column.name not in left_out
    }


def test_every_table_and_column_is_said_in_words() -> None:
    """Who adds a table or a column says in documents/archive_tables.py and archive_columns.py what it is."""
    unnamed = [name for name in SPECS if name not in {*archive_tables.TABLES, *archive_tables.LEFT_OUT}]
    assert not unnamed
    wordless = [place for place in sorted(stored_columns()) if archive_columns.meaning_of(*place) is None]
    assert not wordless


def test_no_words_are_left_of_what_is_gone() -> None:
    names = {column for _, column in stored_columns()} | {"id"}
    everything = {column.name for spec in SPECS.values() for column in spec.columns}
    assert {*archive_tables.TABLES, *archive_tables.LEFT_OUT} <= set(SPECS)
    assert set(archive_columns.COLUMNS) <= names
    assert set(archive_columns.SPECIAL) <= stored_columns()
    assert set(archive_columns.LEFT_OUT) <= everything


def test_every_whole_number_has_a_unit_and_every_reference_leads_somewhere() -> None:
    kinds = {(name, column.name): column.kind for name, spec in SPECS.items() for column in spec.columns}
    for place in stored_columns():
        meaning = archive_columns.meaning_of(*place)
        assert meaning is not None
        assert (meaning.unit is not None) == (kinds[place] == "int"), place
        assert not meaning.refers or (meaning.refers in archive_tables.TABLES and kinds[place] == "id"), place


def test_names_are_used_once() -> None:
    files = Counter(entity.path for entity in (*entities(), PERSONAL))
    assert set(files.values()) == {1}
    for entity in entities():
        assert set(Counter(field.name for field in entity.fields).values()) == {1}, entity.path


def test_the_published_schema_is_this_programs() -> None:
    assert json.loads(PUBLISHED.read_text("utf-8")) == described(personal=True)


@pytest.mark.parametrize(
    ("microseconds", "said"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_795_392_000_000_001, "2026-11-23T00:00:00.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (2**62, ""),
    ],
)
def test_times_are_told_to_the_microsecond(microseconds: int, said: str) -> None:
    assert utc_text(microseconds) == said


@given(st.integers(min_value=-(2**62), max_value=2**62))
def test_a_time_that_a_calendar_has_is_read_back_as_it_was(microseconds: int) -> None:
    said = utc_text(microseconds)
    if said:
        span = datetime.fromisoformat(said) - datetime(1970, 1, 1, tzinfo=UTC)
        assert span // timedelta(microseconds=1) == microseconds


@given(st.uuids())
def test_an_id_is_written_alike_from_either_database(id: UUID) -> None:
    assert id_text(id) == id_text(id.bytes) == str(id)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    entity = next(entity for entity in entities() if entity.table == "ledger_costs")
    count = 24_000

    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            yield tuple(n if name == "unit_cost" else UUID(int=n) for name in entity.columns)

    path = tmp_path / "a.zip"
    tracemalloc.start()
    try:
        with ArchiveFile(path, personal=False, about=ABOUT) as file:
            file.write_table(entity, rows())
            file.finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    with zipfile.ZipFile(path) as made:
        size = made.getinfo(entity.path).file_size
    assert size > 2_800_000
    assert peak < 2_000_000


if __name__ == "__main__":
    text = json.dumps(described(personal=True), ensure_ascii=False, indent=1)
    PUBLISHED.write_text(text + "\n", "utf-8")
