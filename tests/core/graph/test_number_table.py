"""Tables of numbers as they are copied from spreadsheets, texts and programs."""

import re

import pytest

from core.graph.number_table import MOST_LETTERS, NumberTableError, read_table


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("0.15\t0.25\n0.2\t0.3\n", ((0.15, 0.25), (0.2, 0.3))),
        ("0,15\t0,25\r\n0,2\t0,3\r\n", ((0.15, 0.25), (0.2, 0.3))),
        ("0,1;0,2\n1;2", ((0.1, 0.2), (1, 2))),
        ("1,2\n3,4", ((1, 2), (3, 4))),
        ("1, 2\n3, 4\n", ((1, 2), (3, 4))),
        ("1 2\n\n3 4", ((1, 2), (3, 4))),
        ("[[0.1, 0.2], [0.3, 0.4]]", ((0.1, 0.2), (0.3, 0.4))),
        ("array([[1.5, -2. ],\n       [3. , 4. ]])", ((1.5, -2), (3, 4))),
        ("−0.5", ((-0.5,),)),
        ("1\n2\n3", ((1,), (2,), (3,))),
    ],
)
def test_tables(text, table):
    assert read_table(text) == table


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no number in the text"),
        ("1\t2\n3", "Row 2 has 1 numbers, but row 1 has 2"),
        ("1\t2\n3\tx", "Row 2, column 2 must be a number: “x” is none"),
        ("1\t\t3", "Row 1, column 2 must be a number: the field was left empty"),
        ("1 " * MOST_LETTERS, "too long"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(text, words):
    with pytest.raises(NumberTableError, match=re.escape(words)):
        read_table(text)
