"""Lists of a shop's own records: a code, a name, a history; added, changed, archived, used again."""
