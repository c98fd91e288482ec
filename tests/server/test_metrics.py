"""Does /metrics say what the server did, to who may read it, in the format that its readers take?"""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from merchant_desk.domain.products import AddProduct
from merchant_desk.models.server_tables import operations
from merchant_desk.server.exposition import Counter, Histogram, gauge
from merchant_desk.server.gauges import Gauges
from merchant_desk.server.measures import MOST_VERSIONS, SECOND, DeskHere, Measures, by_version
from merchant_desk.server.services import MetricsAccess
from tests.server.test_exchange import adjust, real_desk, rice
from tests.server.web import WebWorld, problem

TOKEN = {"Authorization": "Bearer 青石token"}
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9.e+-]+|[+-]Inf|NaN)")


def read(page: str) -> dict[str, float]:
    """Read a page as strictly as its rules are written; returns sample -> value."""
    assert page.endswith("\n")
    kinds: dict[str, str] = {}
    found: dict[str, float] = {}
    about = ""
    for line in page.splitlines():
        if line.startswith("# HELP "):
            about = line.split(" ")[2]
            assert about not in kinds, line
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == about
            assert kind in ("counter", "gauge", "histogram")
            kinds[name] = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            base = re.sub(r"_(bucket|sum|count)$", "", match[1]) if kinds[about] == "histogram" else match[1]
            assert base == about, "a metric's lines stand together"
            key = f"{match[1]}{{{match[2]}}}" if match[2] else match[1]
            assert key not in found, line
            found[key] = float(match[3])
    return found


@pytest.fixture
def watched(world: WebWorld) -> WebWorld:
    let_in(world, MetricsAccess("青石token"))
    return world


def let_in(world: WebWorld, access: MetricsAccess) -> None:
    object.__setattr__(world.services, "edge", replace(world.services.edge, metrics=access))


def page(world: WebWorld, query: str = "") -> str:
    headers = [(b"authorization", TOKEN["Authorization"].encode())]
    answer = world.client.get("/metrics" + query, headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return answer.text


def test_the_format_is_written_by_its_rules() -> None:
    odd = Counter("odd_total", "One\nline \\ here.", "what")
    odd.add({('a"b\\c\nd',): 2})
    seconds = Histogram("some_seconds", "Some.", (0.1, 1))
    for value in (0.1, 0.5, 7):
        seconds.observe(value)
    text = "\n".join([*odd.lines(), *seconds.lines(), *gauge("one", "One.", [({}, 0.25)])]) + "\n"
    assert text == (
        "# HELP odd_total One\\nline \\\\ here.\n# TYPE odd_total counter\n"
        'odd_total{what="a\\"b\\\\c\\nd"} 2\n'
        "# HELP some_seconds Some.\n# TYPE some_seconds histogram\n"
        'some_seconds_bucket{le="0.1"} 1\nsome_seconds_bucket{le="1"} 2\nsome_seconds_bucket{le="+Inf"} 3\n'
        "some_seconds_sum 7.6\nsome_seconds_count 3\n"
        "# HELP one One.\n# TYPE one gauge\none 0.25\n"
    )
    assert read(text)['some_seconds_bucket{le="+Inf"}'] == 3


def test_nobody_reads_it_unless_the_operator_says_so(world: WebWorld) -> None:
    here = world.client_from("127.0.0.1")
    for client, headers in ((world.client, {}), (here, {}), (here, {"Authorization": "Bearer "})):
        answer = client.get("/metrics", headers=headers)
        assert answer.status_code == 401
        assert problem(answer).code == "metrics_closed"
    desk = world.desk()
    assert desk.get("/metrics").status_code == 401, "a desk's token is not this one"
    let_in(world, MetricsAccess(on_loopback=True))
    assert here.get("/metrics").status_code == 200
    assert world.client.get("/metrics").status_code == 401
    assert here.get("/metrics", headers={"X-Forwarded-For": "192.0.2.9"}).status_code == 401


def test_it_says_what_desks_did_and_no_names(watched: WebWorld) -> None:
    desk = watched.desk()
    assert desk.get("/feed?after=0", **{"User-Agent": "merchant-desk/9.8.7"}).status_code == 200
    text = page(watched)
    found = read(text)
    assert found['merchant_desk_desks{version="9.8.7"}'] == 1
    assert found['merchant_desk_requests_total{path="/feed",status="200"}'] == 1
    assert found['merchant_desk_sent_bytes_total{path="/feed"}'] > 100
    assert found["merchant_desk_pull_rows_total"] > 5
    assert found["merchant_desk_feed_head_max"] > 0
    assert found["merchant_desk_feed_lag_max_rows"] == 0
    assert found['merchant_desk_feed_lag_rows{within="0"}'] == 1
    assert found["merchant_desk_database_bytes"] > 10_000
    assert found['merchant_desk_waiting_operations{status="held"}'] == 0
    assert found["process_resident_memory_bytes"] > 1_000_000
    assert "青石" not in text
    merchant = str(watched.merchant.id)
    assert merchant not in text
    assert f'merchant_desk_merchant_feed_lag_max_rows{{merchant="{merchant}"}}' in read(
        page(watched, "?merchants=1")
    )


def test_what_stands_is_asked_once_in_ten_seconds(
    embedded: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    gauges = Gauges(embedded.services)
    first = gauges.page(merchants=False, listening=0)
    monkeypatch.setattr("merchant_desk.server.gauges._standing", lambda *_, **__: pytest.fail("asked again"))
    assert read(gauges.page(merchants=False, listening=3))["merchant_desk_notices_waiting"] == 3
    assert read(first)["merchant_desk_notices_waiting"] == 0


def test_who_comes_while_it_is_asked_is_given_the_last_answer(
    embedded: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    gauges = Gauges(embedded.services)
    gauges.page(merchants=False, listening=0)
    monkeypatch.setattr("merchant_desk.server.gauges.KEPT_SECONDS", 0.0)
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> list[str]:
        begun.set()
        assert go_on.wait(20)
        return ["slow 1"]

    monkeypatch.setattr("merchant_desk.server.gauges._standing", slow)
    with ThreadPoolExecutor(2) as threads:
        asking = threads.submit(gauges.page, merchants=False, listening=0)
        try:
            assert begun.wait(20)
            meanwhile = threads.submit(gauges.page, merchants=False, listening=0).result(10)
        finally:
            go_on.set()
        assert "merchant_desk_database_bytes" in meanwhile
        assert "slow 1" in asking.result(20)


def test_work_that_stands_still_is_counted_whole_and_looked_at_in_part(
    world: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.services.database.writer.begin() as connection:
        connection.execute(update(operations).values(status="parked", received_at=0))
        number = connection.scalar(select(func.count()).select_from(operations)) or 0
    monkeypatch.setattr("merchant_desk.server.gauges.MOST_WAITING", 2)
    found = read(Gauges(world.services).page(merchants=False, listening=0))
    assert found["merchant_desk_without_end_operations"] == number > 2
    assert found['merchant_desk_waiting_operations{status="parked"}'] == 2
    assert found['merchant_desk_waiting_oldest_seconds{status="parked"}'] > 0


def test_series_do_not_grow_with_what_desks_say() -> None:
    desks = [DeskHere(new, 0, f"1.{number}") for number, new in enumerate([None] * 100)]  # type: ignore[arg-type]
    assert len(by_version(desks)) == MOST_VERSIONS + 1
    assert sum(by_version(desks).values()) == 100


def test_who_has_gone_is_forgotten(embedded: WebWorld) -> None:
    measures, ids = Measures(), [embedded.chance.new_id() for _ in range(2)]
    measures.note_desk(embedded.merchant.id, ids[0], "curl/8", 0)
    measures.note_desk(embedded.merchant.id, ids[1], "merchant-desk/1.0", 3_000 * SECOND)
    assert [one.version for one in measures.desks_here(3_601 * SECOND)] == ["1.0"]


def test_an_empty_token_file_lets_nobody_in(tmp_path: Path) -> None:
    from argparse import Namespace

    from merchant_desk.cli.serve import _metrics_access

    file = tmp_path / "token"
    file.write_text("\n", encoding="utf-8")
    access = _metrics_access(Namespace(metrics_token_file=file, metrics_on_loopback=False))
    assert access == MetricsAccess()


def test_what_is_sent_again_counts_once(watched: WebWorld, tmp_path: Path) -> None:
    desk, sku = real_desk(watched, watched.desk(), tmp_path), rice(watched)
    watched.services.house.do(watched.merchant.id, AddProduct(sku))
    desk.sync()
    for _ in range(3):
        desk.engine.do(adjust(watched, sku, 1), watched.merchant.worker)
    batch = desk.engine.next_batch(most=10)
    for _ in range(2):
        desk.wire.push(desk.engine.identity.token, batch)
    found = read(page(watched))
    counted = {name: value for name, value in found.items() if "operations_total{" in name}
    assert counted == {'merchant_desk_operations_total{kind="adjust_stock",outcome="applied"}': 3}
    assert found["merchant_desk_push_seconds_count"] == 2
    assert found["merchant_desk_push_operations_sum"] == 6
    desk.db.dispose()
