"""Is nothing of people and goods in a support bundle, wherever it stands, and does it say what helps?"""

import json
import os
import socket
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, Text

from merchant_desk.cli import support_bundle
from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.models.desk_tables import metadata
from merchant_desk.models.faults import FileUnusable
from merchant_desk.models.private_files import OWNER_ONLY
from merchant_desk.support.bundle import Bundle, gather
from merchant_desk.sync.findings import Finding, Grade
from merchant_desk.sync.health import examine
from tests.helpers.shop import Shop

PLANTED = (
    "王小明", "13800001234", "青石街道八号", "69.90", "6901234567892", "TEA-0917-X", "Zhang.Wei@example.cn",
    "tok_4f9dA77", "zhangwei-li",
)  # fmt: skip
EVERYTHING = " ".join(PLANTED)
NAMED = "zhangwei-li 王小明"
"""A folder as people name theirs."""


def plant(desk: Desk) -> int:
    """Write the planted words into every text and blob of every table; returns how many columns took them."""
    taken = 0
    with desk.runtime.profile.writer.connect() as connection:
        for table in metadata.tables.values():
            if table.name == "desk_state":
                continue
            for column in table.columns:
                if not isinstance(column.type, Text | LargeBinary) or column.primary_key:
                    continue
                if column.foreign_keys or column.type.length == 16:
                    continue
                value: Any = EVERYTHING if isinstance(column.type, Text) else EVERYTHING.encode()
                sql = f"UPDATE OR IGNORE {table.name} SET {column.name} = ?"
                with connection.begin():
                    taken += bool(connection.exec_driver_sql(sql, (value,)).rowcount)
    return taken


def plant_in_files(folder: Path) -> None:
    lines = [
        {"event": EVERYTHING, "level": "error", "code": EVERYTHING, "why": EVERYTHING, "time": EVERYTHING},
        {"event": "odd", "login": EVERYTHING, "person": EVERYTHING, "error": EVERYTHING, "path": EVERYTHING},
        *({"event": word, "code": word, "reason": word, word: word, "at": [word]} for word in PLANTED[:-2]),
    ]
    for log in (folder / "desk.log", folder / "desk.log.1", folder.parent / "server" / "server.log"):
        log.parent.mkdir(exist_ok=True)
        text = "\n".join(json.dumps(one, ensure_ascii=False) for one in lines)
        log.write_text(f"{text}\n{EVERYTHING}\n", "utf-8")
    for name in ("window.json", "settings.json", "server.err"):
        (folder / name).write_text(
            json.dumps({EVERYTHING: EVERYTHING, "display.language": EVERYTHING}), "utf-8"
        )


@pytest.fixture
def shop(tmp_path: Path) -> Any:
    (tmp_path / NAMED).mkdir()
    made = Shop(tmp_path / NAMED)
    made.stock(made.rice, 8)
    yield made
    made.close()


@pytest.mark.expects_log(".")
def test_nothing_that_was_planted_anywhere_is_in_the_bundle(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("USER", "USERNAME", "LOGNAME", "HOME"):
        monkeypatch.setenv(variable, f"/home/{NAMED}")
    shop.order("SO-1", (shop.rice, 2))
    desk = shop.desk(NAMED)
    desk.count("A-01").scan("4006381333931")
    folder = desk.runtime.profile.folder
    assert NAMED in str(folder)
    token, url = desk.identity.token, desk.identity.server_url
    assert plant(desk) > 60
    plant_in_files(folder)
    foreign = Finding("printers", Grade.BAD, EVERYTHING, EVERYTHING, "folder", EVERYTHING, {"count": 1})
    found = [*examine(desk.runtime), foreign]
    bundle = gather(folder, desk, found, ["Noto Sans CJK SC", f"/home/{NAMED}/font.ttf"])
    told = bundle.save(tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as packed:
        everything = "\n".join(packed.read(name).decode("utf-8") for name in packed.namelist())
        names = " ".join(packed.namelist())
    assert told > 500
    secrets = (*PLANTED, token, url, socket.gethostname(), str(tmp_path), desk.identity.name)
    assert [word for word in secrets if len(word) > 3 and word in everything + names] == []
    for part in ("13800", "zhangwei", "青石"):
        assert part not in everything
    lines = [json.loads(line) for line in bundle.parts["logs/desk.jsonl"].splitlines()]
    assert len(lines) == 2 * (3 + len(PLANTED) - 2), "a line that says nothing is still counted"


def test_it_says_what_helps(shop: Shop) -> None:
    desk = shop.desk("front")
    desk.count("A-01").scan("4006381333931")
    desk.runtime.refresh_status()
    folder = desk.runtime.profile.folder
    (folder / "desk.log").write_bytes(b'{"event": "sync_failed", "code": "unreachable", "level": "info"}\n')
    shown = gather(folder, desk, examine(desk.runtime), ["Noto Sans CJK SC"]).parts
    told = {name: json.loads(text) for name, text in shown.items() if name.endswith(".json")}
    assert "merchant-desk" in told["versions.json"]
    assert {"httpx", "sqlalchemy", "sqlcipher3", "python"} <= {
        name.casefold() for name in told["versions.json"]
    }
    assert told["system.json"]["fonts"] == ["Noto Sans CJK SC"]
    assert told["system.json"]["processors"] == os.cpu_count()
    findings = {one["subject"]: one for one in told["findings.json"]}
    assert findings["outbox"]["figures"]["waiting"] == desk.status.waiting > 0
    assert told["database.json"]["rows"]["outbox"] == desk.status.waiting
    assert told["database.json"]["database_bytes"] > 0
    assert sum(told["sync.json"]["outbox"].values()) == desk.status.waiting
    assert "other" not in told["sync.json"]["kinds"]
    assert told["performance.json"]["durable_write_ms_median"] > 0
    assert json.loads(shown["logs/desk.jsonl"])["code"] == "unreachable"
    assert set(shown) - {"read-me.txt"} <= {word for word in shown["read-me.txt"].split() if "." in word} | {
        "logs/desk.jsonl"
    }


def test_it_is_its_owners_and_whole_or_not_there(tmp_path: Path) -> None:
    bundle = Bundle({"read-me.txt": "x"})
    path = tmp_path / "bundle.zip"
    bundle.save(path)
    bundle.save(path)
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == OWNER_ONLY
    assert [one.name for one in tmp_path.iterdir()] == ["bundle.zip"]
    with pytest.raises(FileUnusable):
        bundle.save(tmp_path / "gone" / "bundle.zip")


def test_the_command_line_shows_it_and_saves_it_also_of_a_desk_that_does_not_open(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = shop.desk("front")
    folder = desk.runtime.profile.folder
    monkeypatch.setattr("merchant_desk.cli.main.configure_logs", lambda *args, **more: None)
    path = tmp_path / "bundle.zip"
    assert main(["support-bundle", str(path), "--profile", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "── findings.json" in shown
    assert str(path) in shown
    with zipfile.ZipFile(path) as packed:
        found = {one["subject"]: one for one in json.loads(packed.read("findings.json"))}
    assert (found["desk"]["code"], found["desk"]["repair"]) == ("already_open", "lock")
    desk.close()
    assert main(["support-bundle", str(path), "--profile", str(folder), "--offline", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["parts"]["sync.json"] > 100
    assert main(["support-bundle", str(path), "--profile", str(tmp_path / "nobody")]) == 1
    assert support_bundle.SHOWN_LINES < 50
