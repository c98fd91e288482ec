"""What the first shift's version left behind: is all of it there today, and is it gone on with?"""

import json
import tarfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import open_engine
from merchant_desk.models.migrate import MigrationFailed, prepare
from tests.helpers.revisions import ADD_COLUMN, HALF, chain
from tests.samples.make import ARCHIVE, CONTENTS, HERE
from tests.samples.sums import sums
from tests.server.running import running
from tests.trouble.shopfloor import differences, on_hand

SIDES = {"desk": Side.DESK, "server": Side.SERVER}
FAILING = {
    "in its middle": HALF.format(name="note") + "    raise LookupError('half')\n",
    "at a step": ADD_COLUMN.format(name="note") + "    raise LookupError('step')\n",
}


@pytest.fixture(scope="module")
def contents() -> dict[str, Any]:
    """What is in the sample, as it was when it was made."""
    return dict(json.loads(CONTENTS.read_text("utf-8")))


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample's folders, to be worked on."""
    for name in SIDES:
        with tarfile.open(HERE / ARCHIVE.format(name)) as archive:
            archive.extractall(tmp_path, filter="data")
    return tmp_path


def database(sample: Path, name: str) -> Path:
    return sample / name / f"{name}.db"


def bring_up(path: Path, name: str, **options: Any) -> None:
    """Open a file as the program does before anybody else uses it."""
    key = bytes.fromhex((path.parent / "demo.key").read_text("ascii"))
    engine = open_engine(path, key, role="writer")
    try:
        prepare(engine, SIDES[name], path, **options)
    finally:
        engine.dispose()


@pytest.mark.parametrize("name", SIDES)
def test_every_table_has_what_it_had(sample: Path, contents: dict[str, Any], name: str) -> None:
    path = database(sample, name)
    bring_up(path, name)
    assert sums(path, contents[name]) == contents[name]
    assert contents[name]["ledger"][1] > 0
    assert contents["waiting"] > 0


@pytest.mark.parametrize("name", SIDES)
def test_a_migration_on_top_keeps_everything_and_a_copy_of_before(
    sample: Path, contents: dict[str, Any], name: str
) -> None:
    path, before = database(sample, name), contents[name]
    bring_up(path, name)
    history = chain(sample / "chain", ADD_COLUMN.format(name="note"), columns=("note",))
    bring_up(path, name, history=history)
    assert sums(path, before) == before
    assert "note" in sums(path)["skus"][0]
    (kept,) = path.parent.glob("*.before-0002")
    assert sums(kept, before) == before
    assert "note" not in sums(kept)["skus"][0]


@pytest.mark.parametrize("where", FAILING)
@pytest.mark.parametrize("name", SIDES)
def test_a_migration_that_fails_leaves_the_file_as_it_was(sample: Path, name: str, where: str) -> None:
    path = database(sample, name)
    bring_up(path, name)
    before, rows = path.read_bytes(), sums(path)
    history = chain(sample / "chain", FAILING[where], columns=("note",))
    with pytest.raises(MigrationFailed):
        bring_up(path, name, history=history)
    assert path.read_bytes() == before
    assert sums(path) == rows
    assert not list(path.parent.glob("*.before-*"))
    assert not list(path.parent.glob("*migrating*"))


def test_the_shipment_goes_on_and_everything_is_sent(sample: Path, contents: dict[str, Any]) -> None:
    sku_id = UUID(contents["sku"])
    with running(sample / "server", "--plain-http") as server:
        with Desk.open(sample / "desk", demo=True, server_url=server.url) as desk:
            assert desk.status.waiting == contents["waiting"]
            assert [task.code for task in desk.tasks()] == contents["tasks"] != []
            assert on_hand(desk, sku_id) == contents["stock"]
            desk.sign_in("manager", contents["password"])
            (begun,) = desk.documents("shipments", status="open")
            (counted,) = desk.documents("counts")
            assert counted.status == "closed"
            sheet = desk.ship("SO-2")
            assert sheet.number == begun.number, "it is the same shipment"
            assert sheet.scan(contents["code"]).code == "accepted"
            sheet.finish()
            assert on_hand(desk, sku_id) == contents["stock"] - 3, "two that were scanned then, and one now"
            assert desk.sync().waiting == 0
            assert desk.refused() == []
            assert [task.code for task in desk.tasks()] == contents["tasks"]
        assert server.stop() == 0
        with Desk.open(sample / "desk", demo=True, server_url=server.url) as desk:
            assert differences(sample / "server", [desk]) == ()
