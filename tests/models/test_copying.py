"""Does PostgreSQL read back just what `copy_text` wrote, whatever is in it?"""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchant_desk.models.columns import kind_of_column
from merchant_desk.models.copying import copy_text
from merchant_desk.models.server_tables import feed, operations

KINDS = ("id", "int", "text", "bytes")

NASTY = st.sampled_from(
    ["\\N", "\\.", "\\", "\t", "\n", "\r\n", "", "\\t", "NULL", "a\\\tb", "大米\n", '"', "'"]
)
TEXTS = NASTY | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
ROWS = st.lists(
    st.tuples(
        st.none() | st.uuids(),
        st.none() | st.integers(-(1 << 63), (1 << 63) - 1),
        st.none() | TEXTS,
        st.none() | st.binary(max_size=20),
    ),
    max_size=12,
)


@pytest.fixture
def connection(postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as found:
        found.execute("CREATE TEMP TABLE told (n serial, id uuid, int bigint, text text, bytes bytea)")
        yield found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_what_was_written_is_read(
    connection: psycopg.Connection, rows: list[tuple[UUID | None, int | None, str | None, bytes | None]]
) -> None:
    connection.execute("TRUNCATE told")
    with connection.cursor().copy("COPY told (id, int, text, bytes) FROM STDIN") as copy:
        copy.write(copy_text(KINDS, rows))
    found = connection.execute("SELECT id, int, text, bytes FROM told ORDER BY n").fetchall()
    assert found == rows


def test_the_kinds_of_columns_are_those_declared() -> None:
    kinds = {column.name: kind_of_column(column) for column in (*feed.columns, *operations.columns)}
    assert (kinds["image"], kinds["seq"], kinds["op_id"], kinds["table_name"]) == (
        "bytes",
        "int",
        "id",
        "text",
    )
