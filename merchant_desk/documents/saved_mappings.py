"""Mappings that a desk keeps: one file each in a folder, beside the presets that come with the product."""

import re
from pathlib import Path
from typing import Final

import msgspec

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import Mapping, load_mapping, save_mapping
from merchant_desk.documents.presets import PRESETS
from merchant_desk.documents.problems import ImportProblem

_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$')
"""What no system allows in a file's name, or hides."""

MAPPINGS: Final = "mappings"
"""The folder of a desk's own, in its profile."""

LONGEST: Final = 60
"""Characters of a name."""


class SavedMappings:
    """The mappings in a folder, which is made when the first one is kept; `read` them first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, Mapping] = {}

    def read(self) -> None:
        """Read what is kept; files that are no mapping are passed over."""
        found: dict[str, Mapping] = {}
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            try:
                mapping = load_mapping(path)
            except (ImportProblem, OSError):
                continue
            found[mapping.name] = mapping
        self._kept = found

    def of_kind(self, kind: ImportKind) -> list[Mapping]:
        """Return what comes with the product and what was kept when it was read."""
        return [one for one in (*PRESETS.values(), *self._kept.values()) if one.kind == kind]

    def named(self, name: str, kind: ImportKind) -> Mapping:
        """Return a preset, what was kept under a name, or what stands in a file.

        Raises:
            ImportProblem: `mapping_not_found`, with the names for this kind; and as `load_mapping`.
            OSError: the file cannot be opened.
        """
        known = PRESETS.get(name) or self._kept.get(name)
        if known is not None:
            return known
        try:
            return load_mapping(Path(name))
        except FileNotFoundError as missing:
            names = ", ".join(one.name for one in self.of_kind(kind)) or "—"
            raise ImportProblem("mapping_not_found", name=name, known=names) from missing

    def keep(self, mapping: Mapping) -> Path:
        """Keep a mapping under its name, in place of one that had it.

        Raises:
            ImportProblem: `mapping_name_not_usable`.
            OSError: the file cannot be written.
        """
        name = mapping.name.strip()
        if not name or len(name) > LONGEST or _FORBIDDEN.search(name) or name in PRESETS:
            raise ImportProblem("mapping_name_not_usable", name=name)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{name}.json"
        kept = msgspec.structs.replace(mapping, name=name)
        save_mapping(kept, path)
        self._kept[name] = kept
        return path
