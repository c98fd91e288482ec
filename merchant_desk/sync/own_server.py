"""The server of a shop that was founded on this computer: where its data are, and why it does not run."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from merchant_desk.sync.findings import Finding, Grade

FOLDER, PORT_FILE, ERROR_FILE = "server", "port.json", "server.err"
"""In the desk's profile; in that, where it answers; and what it says when it does not start, emptied then."""


def is_founded_here(profile: Path) -> bool:
    """Whether the profile holds a shop's server."""
    return (profile / FOLDER / PORT_FILE).exists()


def last_words(folder: Path) -> str:
    """Return what a server said last when it did not start; empty while there is nothing to say."""
    with suppress(OSError):
        words = (folder / ERROR_FILE).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return words[-1] if words else ""
    return ""


def own_server_findings(profile: Path) -> Iterator[Finding]:
    """Look whether the server that was founded here started; nothing where none was."""
    if not is_founded_here(profile):
        return
    words = last_words(profile / FOLDER)
    if words:
        yield Finding(
            "own_server",
            Grade.BAD,
            f"本店的服务器在这台电脑上没有启动：{words} 会再试，至少每分钟一次；"
            "本机照常工作，其他工作台等它。",
            f"The shop's server did not start on this computer: {words} It is tried again, at least once a "
            "minute; this desk works on, others wait for it.",
            code="server_did_not_start",
        )
        return
    yield Finding(
        "own_server",
        Grade.GOOD,
        "本店的服务器随这个窗口运行。",
        "The shop's server runs beside this window.",
    )
