"""How long files take to be judged row by row, beside the bare readers, to be saved on a desk and written."""

import csv
import gzip
import mmap
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count, islice
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter
from python_calamine import CalamineWorkbook

from merchant_desk.cli.benches.bare_rows import bare_insert
from merchant_desk.cli.benches.beside_import import measure_beside_import
from merchant_desk.cli.benches.stage import seconds, stage
from merchant_desk.cli.figures import Figure, figure
from merchant_desk.desk import Desk
from merchant_desk.documents.exports import Style, export_table
from merchant_desk.documents.import_rows import product_outcomes
from merchant_desk.documents.mapping import Mapping, open_mapped, suggested_mapping
from merchant_desk.documents.presets import OPEN_FOOD_FACTS
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.imports import ImportTally
from merchant_desk.jobs.export_job import watched
from merchant_desk.jobs.export_tables import EXPORTS
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.passes import never
from merchant_desk.models.queries import exports
from merchant_desk.models.search import SearchIndex

XLSX_ROWS = 100_000
XLSX_BUDGET = 10.0
CODES = 818_846
SEARCHABLE_BUDGET = 60.0
ELSEWHERE_BUDGET = 300.0
"""Seconds for all `CODES`: durable and searchable on the desk; at the server and on another desk."""

STEP_SECONDS = 0.1
RUNS = 3
EXPORT_ROWS = 1_000_000
GROWTH = 50.0
"""Megabytes that an export may take, however long it is."""
HEADINGS = ("条码", "货号", "商品名称", "单位", "分类", "售价")


def measure(short: bool) -> Sequence[Figure]:
    """Judge both files, read them barely, and save them."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        rows = XLSX_ROWS // 10 if short else XLSX_ROWS
        sheet, codes = folder / "goods.xlsx", _codes(folder, CODES // 40 if short else CODES)
        _write_sheet(sheet, rows)
        by_headings = suggested_mapping("products", open_table(sheet).headers, "bench")
        listed = len(_read_codes(codes))
        judged = [
            _figure("import.xlsx_seconds", rows, _judge(sheet, by_headings), lambda: _read_sheet(sheet)),
            _figure(
                "import.codes_seconds", listed, _judge(codes, OPEN_FOOD_FACTS), lambda: _read_codes(codes)
            ),
        ]
        judged[0] = replace(judged[0], budget=XLSX_BUDGET * rows / XLSX_ROWS)
        with stage(3) as scene:
            with scene.desk() as desk:
                saved = _saved(desk, "import.xlsx", sheet, by_headings, rows, folder)
                exported = _exported(desk, folder, EXPORT_ROWS // 40 if short else EXPORT_ROWS)
            with scene.desk() as desk, scene.desk() as other:
                saved += _saved(desk, "import.codes", codes, OPEN_FOOD_FACTS, listed, folder)
                saved.append(_elsewhere(desk, other, listed))
        beside = measure_beside_import(sheet, rows, judged=not short)
    return [*judged, *saved, *beside, *exported]


def _figure(name: str, rows: int, work: Callable[[], object], bare: Callable[[], object]) -> Figure:
    times = [_timed(work) for _ in range(RUNS)]
    limit = sorted(_timed(bare) for _ in range(RUNS))[RUNS // 2]
    return replace(figure(name, times, "s", limit=limit, peer="the bare reader"), n=rows)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return seconds(start)


def _judge(path: Path, mapping: Mapping) -> Callable[[], object]:
    """Return what opens a file and puts every row of it under its rule, with the account and its digest."""

    def work() -> str:
        tally = ImportTally()
        for _ in tally.follow(product_outcomes(open_mapped(path, mapping), mapping)):
            pass
        return tally.digest

    return work


def _saved(desk: Desk, name: str, path: Path, mapping: Mapping, count: int, folder: Path) -> list[Figure]:
    """Measure a whole import: the file looked through, every row durable on the desk, and found by search.

    Both beside the bare insert of the same rows; the peer tells the processor's seconds of this process too,
    which other work on the computer lengthens less.
    """
    writer = desk.runtime.writer
    index = SearchIndex(desk.runtime.profile.writer)
    writer.run(index.prepare)
    _search_all(desk, index)
    start, worked = time.perf_counter(), time.process_time()
    done = ImportJob(desk.runtime, lambda: desk.person.id, path, mapping).run()
    saved, saved_work = seconds(start), time.process_time() - worked
    if done.written_rows + done.unchanged_rows + done.refused_rows != done.rows:
        raise ValueError(f"{path.name}: the account of {done.rows} rows does not add up")
    _search_all(desk, index)
    found, found_work = seconds(start), time.process_time() - worked
    limit = bare_insert(desk, folder / f"{name}.bare")
    figures = (
        figure(f"{name}_saved_seconds", [saved], "s", limit=limit, peer=_peer(saved_work)),
        figure(f"{name}_searchable_seconds", [found], "s", limit=limit, peer=_peer(found_work)),
    )
    budget = SEARCHABLE_BUDGET * count / CODES if name == "import.codes" else None
    return [replace(figures[0], n=count), replace(figures[1], n=count, budget=budget)]


def _peer(work: float) -> str:
    return f"bare insert; {work:.1f} s of processor"


def _search_all(desk: Desk, index: SearchIndex) -> None:
    """Index what is left, in steps as a window's search feed takes them."""

    def step() -> set[str]:
        end = time.perf_counter() + STEP_SECONDS
        return index.step(lambda: time.perf_counter() > end)

    while desk.runtime.writer.run(step):
        pass


def _elsewhere(desk: Desk, other: Desk, count: int) -> Figure:
    """Measure how long what was imported takes to the server and from there to another desk."""
    start = time.perf_counter()
    desk.sync()
    other.sync()
    taken = seconds(start)
    found = figure("import.codes_elsewhere_seconds", [taken], "s", budget=ELSEWHERE_BUDGET * count / CODES)
    return replace(found, n=count)


def _exported(desk: Desk, folder: Path, rows: int) -> list[Figure]:
    """Measure exports of so many rows of products, and by how many megabytes the process grows."""
    figures = []
    table, style = EXPORTS["products"], Style("zh", ZoneInfo("Asia/Shanghai"))
    for ending in ("xlsx", "csv"):
        path, sizes = folder / f"out.{ending}", [_resident()]
        with desk.read() as connection, connection.begin():
            # A range of goods has fewer: it is read again until there are as many rows.
            again = (row for _ in count() for row in exports.rows(connection, table.sql))
            told = watched(islice(again, rows), partial(_add_size, sizes), never)
            start = time.perf_counter()
            export_table(path, table.columns, told, style)
            taken = seconds(start)
        figures.append(replace(figure(f"import.export_{ending}_seconds", [taken], "s"), n=rows))
        grown = max(sizes) - sizes[0]
        figures.append(
            replace(figure(f"import.export_{ending}_growth", [grown], "MB", budget=GROWTH), n=rows)
        )
    return figures


def _add_size(sizes: list[float], _: int) -> None:
    sizes.append(_resident())


def _resident() -> float:
    """Return the megabytes that this process holds now; 0 where the system does not tell it by a file."""
    told = Path("/proc/self/statm")
    pages = int(told.read_text("ascii").split()[1]) if told.exists() else 0
    return pages * mmap.PAGESIZE / 1e6


def _read_sheet(path: Path) -> int:
    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


def _read_codes(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


def _write_sheet(path: Path, rows: int) -> None:
    """Write a range of goods as a wholesaler sends it: codes as text, prices as numbers."""
    dice = random.Random(11)  # noqa: S311 - figures must be the same each time, nothing is secret
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("商品")
    sheet.write_row(0, 0, HEADINGS)
    for n in range(rows):
        body = f"952{n:09d}"
        sheet.write_string(n + 1, 0, body + str(check_digit(body)))
        sheet.write_string(n + 1, 1, f"HP-{n:06d}")
        sheet.write_string(n + 1, 2, f"商品 {n} {dice.choice(('大米', '菜籽油', '啤酒', '抽纸'))} {n % 97}g")
        sheet.write_string(n + 1, 3, dice.choice(("瓶", "袋", "件")))
        sheet.write_string(n + 1, 4, dice.choice(("粮油", "酒水", "日用")))
        sheet.write_number(n + 1, 5, dice.randrange(100, 99_999) / 100)
    book.close()


def _codes(folder: Path, count: int) -> Path:
    """Return real codes where they are at hand, else made ones of the same kind, `count` of them."""
    data = Path(os.environ.get("MERCHANT_DESK_DATA", "../shared/data")) / "off_2019-06_code_name.csv.gz"
    if data.exists() and count >= CODES:
        return data
    path = folder / "codes.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as sink:
        lines = csv.writer(sink)
        lines.writerow(("code", "product_name"))
        if data.exists():
            lines.writerows(_read_codes(data)[:count])
        else:
            bodies = (f"{n:012d}" for n in range(952_100_000_000, 952_100_000_000 + count))
            lines.writerows((body + str(check_digit(body)), f"Goods {body}") for body in bodies)
    return path
