"""A killed import resumes: another process cuts the same file into the same chunks."""

import os
import subprocess
import sys
from pathlib import Path

from merchant_desk.documents.mapping import save_mapping
from merchant_desk.documents.presets import ONLINE_RETAIL, OPEN_FOOD_FACTS
from tests.documents.files import text_file

# Imports a file by a saved mapping as far as chunk N and prints what the chunks hold.
PROGRAM = """
import sys
from pathlib import Path
from merchant_desk.documents.import_rows import order_outcomes, product_outcomes
from merchant_desk.documents.mapping import load_mapping, open_mapped
from merchant_desk.domain.imports import chunks

mapping = load_mapping(Path(sys.argv[2]))
table = open_mapped(sys.argv[1], mapping)
outcomes = {"orders": order_outcomes, "products": product_outcomes}[mapping.kind](table, mapping)
print(table.sha256, mapping.digest)
for chunk in chunks(outcomes):
    if chunk.number > int(sys.argv[3]):
        break
    print(chunk.number, chunk.row_count, repr(chunk.outcomes))
"""


def run(path: Path, mapping: Path, last: int, seed: str) -> list[str]:
    """Import in a process of its own, whose hashes of texts differ from every other's."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-c", PROGRAM, str(path), str(mapping), str(last)]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.splitlines()


def test_orders(tmp_path: Path) -> None:
    lines = [
        # Every seventh order stands in two places.
        f"{n // 7 if n % 49 else n // 49},{n % 90}{'aA'[n % 2]},THING {n % 90},{n % 5 - 1},"
        f"2011-01-0{n % 9 + 1} 10:00:00,{n % 3}.25,{n // 700 or ''},France"
        for n in range(9000)
    ]
    heading = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    path = text_file(tmp_path, "\n".join([heading, *lines]) + "\n")
    save_mapping(ONLINE_RETAIL, tmp_path / "mapping.json")
    whole = run(path, tmp_path / "mapping.json", 99, "1")
    assert len(whole) > 15
    assert run(path, tmp_path / "mapping.json", 99, "2") == whole
    assert run(path, tmp_path / "mapping.json", 5, "3") == whole[:6]


def test_products(tmp_path: Path) -> None:
    lines = [f"{n * 7919 % 4000:0{8 + n % 7}d},thing {n}" for n in range(6000)]
    path = text_file(tmp_path, "\n".join(["code,product_name", *lines]) + "\n")
    save_mapping(OPEN_FOOD_FACTS, tmp_path / "mapping.json")
    whole = run(path, tmp_path / "mapping.json", 99, "1")
    assert len(whole) == 13
    assert run(path, tmp_path / "mapping.json", 99, "2") == whole
