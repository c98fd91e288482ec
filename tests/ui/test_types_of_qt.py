"""Are Qt's types there before any event filter or thread asks for them?"""

import subprocess
import sys

import pytest

LOOK = """
import sys
from merchant_desk.cli.main import main
try:
    main([sys.argv[1], "--help"])
except SystemExit:
    pass
from PySide6 import QtCore, QtGui, QtWidgets
made = [name for module in (QtCore, QtGui, QtWidgets) for name in vars(module) if name.startswith("Q")]
print(len(made), "QProxyStyle" in made, "QWidgetAction" in made, "QAbstractScrollArea" in made)
"""


@pytest.mark.parametrize("command", ["open", "doctor"])
def test_all_types_are_made_when_the_window_is_loaded(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, command], capture_output=True, text=True, timeout=120, check=True
    )
    count, *there = done.stdout.splitlines()[-1].split()
    assert there == ["True"] * 3
    assert int(count) > 500, "a type that is made later is made in the middle of something"
