"""Mappings that a desk keeps: one file each in a folder, beside the presets that come with the product."""

import re
from pathlib import Path
from typing import Final

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import Mapping, load_mapping, save_mapping
from merchant_desk.documents.presets import PRESETS
from merchant_desk.documents.problems import ImportProblem

_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$')
"""What no system allows in a file's name, or hides."""

LONGEST: Final = 60
"""Characters of a name."""


class SavedMappings:
    """The mappings in a folder, which is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of_kind(self, kind: ImportKind) -> list[Mapping]:
        """Return what is kept and what comes with the product; other files are passed over."""
        found = [mapping for mapping in PRESETS.values() if mapping.kind == kind]
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            try:
                mapping = load_mapping(path)
            except (ImportProblem, OSError):
                continue
            if mapping.kind == kind:
                found.append(mapping)
        return found

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
        save_mapping(mapping, path)
        return path
