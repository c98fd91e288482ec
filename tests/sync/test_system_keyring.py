"""Does a real Secret Service keep a profile's key?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

OPEN = """
import sys
from pathlib import Path
from merchant_desk.sync.system_keyring import SystemKeyring
from merchant_desk.sync.vault import open_vault
keyring = SystemKeyring(timeout_s=20)
vault = open_vault(Path(sys.argv[1]), demo=False, ask_passphrase=lambda request: None, keyring=keyring)
print(vault.kind.value, vault.created, vault.key.hex())
"""

SESSION = """
printf pw | gnome-keyring-daemon --foreground --components=secrets --unlock >/dev/null 2>&1 &
daemon=$!
until dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \\
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true; do sleep 0.1; done
"$0" -c "$1" "$2"
"$0" -c "$1" "$2"
kill $daemon
"""


@pytest.mark.long
def test_a_real_secret_service_keeps_the_key(tmp_path: Path) -> None:
    if not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")):
        pytest.skip("no Secret Service here: install dbus and gnome-keyring")
    profile = tmp_path / "profile"
    profile.mkdir()
    (tmp_path / "run").mkdir(mode=0o700)
    homes = {"HOME": "home", "XDG_DATA_HOME": "data", "XDG_RUNTIME_DIR": "run"}
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SESSION, sys.executable, OPEN, str(profile)],
        cwd=ROOT,
        env=os.environ | {name: str(tmp_path / folder) for name, folder in homes.items()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    first, again = (line.split() for line in done.stdout.splitlines())
    assert (first[:2], again[:2]) == (["keyring", "True"], ["keyring", "False"])
    assert first[2] == again[2]
