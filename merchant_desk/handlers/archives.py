"""Handlers: archives."""

from merchant_desk.domain.archives import NoteArchive
from merchant_desk.handlers.context import Context, handles


@handles(NoteArchive)
def note_archive(context: Context, op: NoteArchive) -> None:
    """Write who took an archive out, and when."""
    context.unit.insert(
        "archives",
        {
            "id": context.new_id("archives"),
            "made_at": context.envelope.time,
            "person_id": context.envelope.person_id,
            "name": op.name,
            "sha256": op.sha256,
            "rows": op.rows,
            "personal": int(op.personal),
        },
    )
