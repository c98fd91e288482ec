"""Where the files of `resources/` are, in a checkout, an installed wheel and a frozen program alike."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
PLACES = (PACKAGE / "resources", PACKAGE.parent / "resources")
"""Wheel and frozen program carry the folder inside the package; a checkout has it beside the package."""


def resource(*parts: str) -> Path:
    """Return the path of a file that ships with the program, e.g. `resource("icons", "check.svg")`.

    Raises:
        FileNotFoundError: the program was packaged without it.
    """
    for place in PLACES:
        path = place.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"resource {'/'.join(parts)} is missing from this installation")
