"""Cutting text for searching: whatever part of a word is typed is found, and nothing else is."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merchant_desk.domain.searching import folded, initials, match, tokens, words

NAMES = (
    "青岛啤酒 500ml×12",
    "WX261121-4127 尾号 2078",
    "金龙鱼大豆油5L 粮油",
    "ＳＫ－００１２ Ｃｏｌａ",
    "Café Crème 250 g",
    "6901234567892",
)
ALPHABET = "青岛啤酒大米油a ab12-3·é"


class Index:
    """A full-text table of the kind that a desk has, with one text in it at a time."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute(
            "CREATE VIRTUAL TABLE found USING fts5(grams, tokenize='ascii', prefix='1 2')"
        )

    def finds(self, text: str, typed: str) -> bool:
        """Tell whether something typed finds a text."""
        insert = "INSERT OR REPLACE INTO found (rowid, grams) VALUES (1, ?)"
        self.connection.execute(insert, (tokens(text),))
        sql = "SELECT count(*) FROM found WHERE found MATCH ?"
        (number,) = self.connection.execute(sql, (match(typed),)).fetchone()
        return bool(number)


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """Return an index in memory."""
    made = Index()
    yield made
    made.connection.close()


def is_there(text: str, typed: str) -> bool:
    """Tell, by looking, whether every word typed is part of a word of the same kind of script."""
    return all(
        any(word.text in known.text and word.length == known.length for known in words(text))
        for word in words(typed)
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_part_of_every_word_is_found(index: Index, name: str) -> None:
    for word in words(name):
        for start in range(len(word.text)):
            for end in range(start + 1, len(word.text) + 1):
                assert index.finds(name, word.text[start:end]), word.text[start:end]


@settings(max_examples=300)
@given(text=st.text(ALPHABET, max_size=16), typed=st.text(ALPHABET, max_size=7))
def test_what_is_found_is_there_and_what_is_there_is_found(index: Index, text: str, typed: str) -> None:
    if words(typed):
        assert index.finds(text, typed) is is_there(text, typed)


@settings(max_examples=100)
@given(text=st.text(min_size=1, max_size=30), typed=st.text(max_size=10))
def test_nothing_that_a_person_can_type_breaks_the_query(index: Index, text: str, typed: str) -> None:
    if words(typed):
        assert index.finds(text, typed) is is_there(text, typed)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("微信 尾号 2078", "尾号 2078"),
        ("微信 尾号2078", "号20"),
        ("ＷＸ２６１１２１－４１２７", "wx261121-4127"),
        ("Café Crème", "cafe creme"),
        ("Straße", "STRASSE"),
        ("青岛啤酒 500ml", "啤酒 500"),
    ],
)
def test_how_people_type_it(index: Index, text: str, typed: str) -> None:
    assert index.finds(text, typed)


def test_a_part_that_runs_over_a_words_end_is_not_found(index: Index) -> None:
    assert not index.finds("青岛 啤酒", "岛啤")
    assert not index.finds("abc-def", "cde")


def test_nothing_to_find_is_no_query() -> None:
    assert match("") == ""
    assert match(" - ·") == ""


def test_quotes_and_operators_are_text() -> None:
    assert match('a" OR b') == 'grams : "a" * AND grams : "or" * AND grams : "b" *'
    assert match("NEAR(米, *)") == 'grams : "nea ear" AND grams : "米" *'


def test_a_name_is_found_by_its_first_letters() -> None:
    assert initials("qing dao pi jiu 500 ml") == "qdpj500m"
    assert initials("") == ""


def test_folding_keeps_the_letter_and_drops_the_dress() -> None:
    assert folded("ＡＢＣ１２３") == "abc123"
    assert folded("Ünïcode") == "unicode"
    assert folded("ﬁ") == "fi"
    assert folded("한국어") == "한국어"
