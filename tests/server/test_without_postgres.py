"""A server that keeps its own database loads nothing of PostgreSQL: its start is waited for."""

import subprocess
import sys

from tests.server.running import ROOT

LOADED = """
import sys
import merchant_desk.cli.serve
import merchant_desk.cli.restore
print("psycopg" in sys.modules)
"""


def test_what_a_server_loads_to_start_has_no_driver_of_postgresql() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
