"""`merchant-desk safety-copy`: where unsent work is copied to, how old that copy is, another one now."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from merchant_desk.cli.desk_options import add_desk_arguments, add_person_arguments, opened_desk, sign_in
from merchant_desk.desk import Desk
from merchant_desk.sync.safety_copy_folder import DeskCopies, copies_in
from merchant_desk.sync.safety_copy_return import NoCopyHere
from merchant_desk.sync.safety_copy_state import CopyState


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_desk_arguments(parser)
    add_person_arguments(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--folder", type=Path, metavar="DIR", help="copy to this folder from now on / 今后复制到此文件夹"
    )
    what.add_argument("--off", action="store_true", help="make no copies any more / 不再复制")
    what.add_argument(
        "--list", type=Path, metavar="DIR", help="whose copies a folder holds / 列出文件夹中的副本"
    )
    parser.add_argument("--json", action="store_true", help="for machines / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Do what was asked for; without anything, bring the copy up to date, and say how it is."""
    if options.list is not None:
        return _list(options.list, as_json=options.json)
    with opened_desk(options) as desk:
        if options.folder is not None or options.off:
            sign_in(desk, options)
        state = _changed(desk, options)
        now = desk.runtime.clock()
    if options.json:
        print(json.dumps(as_plain(state, now), ensure_ascii=False))
    elif state is None:
        print("没有指定安全副本的文件夹。 / No folder is named for a safety copy.")
    else:
        print(f"安全副本已写入并核对：{state.folder}，含 {state.unsent} 项未送达的操作。")
        print(f"The safety copy in {state.folder} is written and checked; unsent operations: {state.unsent}.")
        if state.same_disk:
            print("注意：它与本机数据在同一块磁盘上，磁盘损坏时会一起丢失。")
            print("Note: it is on the disk of this desk's own data, and is lost with it.")
        if state.kept is not None:
            print(f"{state.kept.sentence('zh_CN')}\n{state.kept.sentence('en')}")
    return 0


def _changed(desk: Desk, options: argparse.Namespace) -> CopyState | None:
    if options.folder is not None:
        return desk.name_copy_folder(options.folder)
    if options.off:
        desk.end_safety_copy()
        return None
    return desk.copy_now()


def as_plain(state: CopyState | None, now: int) -> dict[str, Any]:
    """Return what is known of a copy as plain values; `now` is microseconds UTC."""
    if state is None:
        return {"folder": None}
    trouble = state.trouble(now)
    return {
        "folder": str(state.folder),
        "age_seconds": (now - state.as_of) // 1_000_000 if state.as_of else None,
        "unsent": state.unsent,
        "same_disk": state.same_disk,
        "kept": str(state.kept.folder) if state.kept is not None else None,
        "trouble": trouble.facts.get("why", trouble.code) if trouble is not None else "",
    }


def _list(folder: Path, *, as_json: bool) -> int:
    found = copies_in(folder)
    if not found:
        raise NoCopyHere(folder)
    for copies in found:
        header = copies.header
        at = datetime.fromtimestamp(header.written_at / 1_000_000, UTC)
        papers = ", ".join(header.papers)
        if as_json:
            print(json.dumps(_listed(copies), ensure_ascii=False))
            continue
        local = at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        print(f"工作台 {header.desk_code}：{local}，恢复密钥编号 {papers or '—'}")
        print(f"  desk {header.desk_code}: {local}, recovery papers {papers or '—'}")
        print(f"  {copies.folder}")
    return 0


def _listed(copies: DeskCopies) -> dict[str, Any]:
    header = copies.header
    return {
        "desk": header.desk_code,
        "folder": str(copies.folder),
        "written_at": datetime.fromtimestamp(header.written_at / 1_000_000, UTC).isoformat(),
        "papers": list(header.papers),
    }
