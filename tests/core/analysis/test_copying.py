"""Matrices written as text can be read back bit-identical."""

import csv as csv_of_python
import io

import numpy as np
import pytest

from core.analysis.layer_matrices import FORMATS, csv, latex, numpy, tabbed

EXACT = np.array([[1 / 3, -2e-17], [np.pi * 1e12, 0.0], [-1.0, 123456.789]])


def test_the_formats_of_the_menu():
    assert list(FORMATS) == ["CSV", "NumPy", "LaTeX"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_full_precision(dtype):
    exact = EXACT.astype(dtype)
    rows = list(csv_of_python.reader(io.StringIO(csv(exact))))
    assert np.array_equal(np.array(rows).astype(dtype), exact)
    assert np.array_equal(np.loadtxt(io.StringIO(tabbed(exact)), dtype=dtype, delimiter="\t"), exact)
    again = eval(numpy(exact), {"np": np})
    assert again.dtype == dtype and np.array_equal(again, exact)


def test_what_is_not_computed():
    unknown = np.array([[np.nan, np.inf], [-np.inf, 1.5]])
    assert csv(unknown) == ",inf\n-inf,1.5\n"
    assert np.array_equal(eval(numpy(unknown), {"np": np}), unknown, equal_nan=True)
    assert "\\cdot & \\infty \\\\\n-\\infty & 1.5\n" in latex(unknown)


def test_latex():
    assert latex(EXACT[:1]) == (
        "\\left(\\begin{array}{rr}\n0.3333333333333333 & -2\\times 10^{-17}\n\\end{array}\\right)\n"
    )
    assert latex(np.array([1.0, 2.0])) == "\\left(\\begin{array}{r}\n1.0 \\\\\n2.0\n\\end{array}\\right)\n"


def test_a_vector_is_a_column():
    assert csv(np.array([1.0, 2.5])) == "1.0\n2.5\n"
