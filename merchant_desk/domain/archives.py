"""Archives: all data of a merchant in open formats, and who made one."""

from dataclasses import dataclass

from merchant_desk.domain.operations import Nature, Place, operation

RIGHTS = ("organise", "cost")
"""What whoever makes an archive holds in the whole merchant; for personal values `PERSONAL_RIGHT` too."""

PERSONAL_RIGHT = "personal"


@operation("note_archive", nature=Nature.DECISION, right="system", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class NoteArchive:
    """Decision: the server notes that whoever is named by the envelope took all data out.

    `sha256` is of the whole file, 32 bytes in hexadecimal; `rows` of all its tables; `personal` tells whether
    buyers' names, telephone numbers and addresses are in it.
    """

    name: str
    sha256: str
    rows: int
    personal: bool
