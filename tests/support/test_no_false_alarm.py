"""Does the doctor call a database damaged that is at work and sound?"""

import os
import threading
from pathlib import Path

from merchant_desk.models.encrypted import checkpoint, integrity, open_engine

GRAMS = "CREATE VIRTUAL TABLE found USING fts5(grams, content='', contentless_delete=1, tokenize='ascii')"


def test_a_search_index_that_grows_meanwhile_is_no_damage(tmp_path: Path) -> None:
    path, key = tmp_path / "desk.db", os.urandom(32)
    writer = open_engine(path, key, role="writer")
    reader = open_engine(path, key, role="reader")
    with writer.begin() as connection:
        connection.exec_driver_sql(GRAMS)
        for setting, value in (("automerge", 0), ("crisismerge", 1_000), ("usermerge", 2)):
            connection.exec_driver_sql("INSERT INTO found (found, rank) VALUES (?, ?)", (setting, value))
    wrong: list[tuple[str, ...]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            wrong.append(integrity(reader))

    looking = threading.Thread(target=look)
    looking.start()
    for number in range(200):
        with writer.begin() as connection:
            words = " ".join(f"w{number}x{other}" for other in range(400))
            connection.exec_driver_sql("INSERT INTO found (rowid, grams) VALUES (?, ?)", (number, words))
            if number % 10 == 9:
                connection.exec_driver_sql("DELETE FROM found WHERE rowid = ?", (number - 5,))
                connection.exec_driver_sql("INSERT INTO found (found, rank) VALUES ('merge', 500)")
        if number % 20 == 0:
            checkpoint(writer)
    done.set()
    looking.join()
    assert set(wrong) == {()}
    writer.dispose()
    reader.dispose()
