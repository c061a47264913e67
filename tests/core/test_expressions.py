"""Expressions: trees built by Python's operators, branches, and simplification."""

import numpy as np
import pytest

from core import expressions as ex
from core.derivation.formulas import latex
from core.derivation.text import SCRIPT
from core.derivation.writer import Writer, plain
from core.expressions import Leaf, Symbol, chosen, leaves, simplified, value_of

X, Y = Leaf(0.7, Symbol("x")), Leaf(-0.6, Symbol("y"))


def text(expression, digits=0):
    return plain(Writer(SCRIPT, digits).write(expression))


@pytest.mark.parametrize(
    ("build", "written"),
    [
        (lambda x, y, f: 1 + x + y - 2 * x * y, "1 + x + y − 2 x y"),
        (lambda x, y, f: x - (y - 3) - -x, "x − (y − 3) − (−x)"),
        (lambda x, y, f: (x + y) / 2 / (1 / x), "(x + y)/2/(1/x)"),
        (lambda x, y, f: 5 - x**2 * abs(y), "5 − x² |y|"),
        (lambda x, y, f: f.exp(-x) * f.tanh(y) + f.sqrt(x), "e^(−x) tanh(y) + √(x)"),
        (lambda x, y, f: f.sin(x) * f.cos(y) - f.sign(y), "sin(x) cos(y) − sign(y)"),
        (lambda x, y, f: f.maximum(0, x) - f.minimum(y, 2), "max(0, x) − min(y, 2)"),
    ],
)
def test_a_formula_is_written_and_evaluated_as_python_does(build, written):
    tree = build(X, Y, ex)
    assert text(tree) == written
    assert value_of(tree) == pytest.approx(build(0.7, -0.6, np), rel=1e-15)


def test_a_condition_chooses_a_branch_and_says_which_holds():
    tree = 2 * ex.where(X > 0, X, Y) + ex.where(Y >= X, 1, Y)
    assert value_of(tree) == pytest.approx(2 * 0.7 - 0.6)
    branches, conditions = chosen(tree)
    assert text(branches) == "2 x + y"
    assert [(text(one.left), one.sign, text(one.right)) for one in conditions] == [
        ("x", ">", "0"),
        ("y", "<", "x"),
    ]
    assert text(ex.where(X <= Y, X, 0)) == "x if x ≤ y, else 0"
    assert text(ex.where(X <= Y, X, 0), 4) == "0"
    assert latex(ex.where(X < Y, X, 0)) == r"x\text{ if }x< y\text{ else }0"
    assert [leaf.value for leaf in leaves(ex.where(X < Y, X, 0))] == [0.7, -0.6, 0.7, 0]


@pytest.mark.parametrize(
    ("tree", "written"),
    [
        (-(1 * ex.ln(X) + (1 - ex.number(1)) * ex.ln(1 - X)), "−ln(x)"),
        (-(0 * ex.ln(X) + (1 - ex.number(0)) * ex.ln(1 - X)), "−ln(1 − x)"),
        (0 * X + 0 * Y, "0"),
        ((1 - ex.number(0.9)) / X - 0 / Y, "0.1/x"),
        (0 - X / Y, "−x/y"),
        (-ex.number(0), "0"),
    ],
)
def test_numbers_that_are_0_or_1_or_alone_are_worked_out(tree, written):
    found = simplified(tree)
    assert text(found) == written
    assert value_of(found) == pytest.approx(value_of(tree), abs=1e-12)
