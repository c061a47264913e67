"""The worked solution in LaTeX: its structure and, if a compiler is installed, that it compiles."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.derivation.latex import as_latex, escaped
from core.derivation.solution import solution
from core.nn.network import Network
from core.project.files import examples, read
from tests.core.explaining import hand_made, random_case
from tests.sampling import spread

PDFLATEX = shutil.which("pdflatex")
MEAN = "100% \\evil{$x_1$} & #1 ~^ “گ” é \x1b{"


def faults(document):
    """Return the faults in the structure of a document."""
    found = []
    depth = 0
    for mark in re.findall(r"(?<!\\)(?:\\\\)*([{}])", document):
        depth += 1 if mark == "{" else -1
        if depth < 0:
            found.append("a brace closes that was not opened")
    if depth > 0:
        found.append("a brace is not closed")
    open_ones = []
    for kind, name in re.findall(r"\\(begin|end)\{([^}]*)\}", document):
        if kind == "begin":
            open_ones.append(name)
        elif not open_ones or open_ones.pop() != name:
            found.append(f"{name} ends but did not begin")
    found += [f"{name} does not end" for name in open_ones]
    body = document.partition(r"\begin{document}")[2]
    alignments = re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}", body, re.S)
    rows = [row for alignment in alignments for row in alignment.split(" \\\\\n")]
    found += [f"not one & in {row}" for row in rows if len(re.findall(r"(?<!\\)&", row)) != 1]
    prose = re.sub(r"\\begin\{align\*\}.*?\\end\{align\*\}", "", body, flags=re.S)
    found += [f"a bare {mark}" for mark in re.findall(r"(?<!\\)[#%&]", prose)]
    found += [f"a bare {mark}" for mark in re.findall(r"(?<!\\)[#%~]", "".join(rows))]
    found += [
        f"mathematics in words: {words}"
        for words in prose.split("$")[::2]
        if re.search(r"[_^](?!\{\})", words.replace("\\_", ""))
    ]
    if len(re.findall(r"(?<!\\)\$", body)) % 2:
        found.append("a $ without its other")
    found += [
        f"the fonts lack {letter}" for letter in document if not letter.isascii() and not "À" <= letter <= "ÿ"
    ]
    return found


def example(name, **changes):
    design = replace(read(examples()[name]).design, **changes)
    dataset = make_dataset(design.data)
    made = Network(design, dataset)
    return solution(made, made.initial(design.training.seed), dataset, 0)


def compiled(document, folder):
    """Compile the document and return the compiler's output. Raises CalledProcessError."""
    (folder / "solution.tex").write_text(document, encoding="utf-8")
    command = [PDFLATEX, "-interaction=nonstopmode", "-halt-on-error", "solution.tex"]
    subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=300)
    return (folder / "solution.log").read_text(encoding="latin-1")


@pytest.mark.parametrize("seed", spread(range(40), 13))
def test_the_structure_is_sound(seed):
    made, theta, dataset, memory = random_case(np.random.default_rng(seed))
    assert faults(as_latex(solution(made, theta, dataset, 2, memory=memory))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"\end{align*}", ""),
        (r"\begin{align*}", r"\begin{align}"),
        ("{[1]}", "{[1]"),
        (" &= ", " = "),
        ("The sample", "The 5% sample"),
        ("The sample", "The x_1 sample"),
        ("$J$", "$J"),
        ("The sample", "The σ"),
    ],
)
def test_the_check_of_the_structure_finds_faults(old, new):
    document = as_latex(example("xor"))
    assert faults(document) == []
    assert old in document
    assert faults(document.replace(old, new, 1)) != []


def test_the_lecture_s_notation():
    made, theta, dataset = hand_made()
    document = as_latex(solution(made, theta, dataset, 0))
    for row in (
        r"z_{1}^{[1]} &= b_{1}^{[1]} + \sum_{i} W_{i1}^{[1]}\,a_{i}^{[0]} = 0 + 1\cdot 1 + 1\cdot 1 = 2",
        r"a_{1}^{[1]} &= \sigma_{1}^{[1]}(z_{1}^{[1]}) = \max(0, 2) = 2",
        r"\frac{\partial J}{\partial W_{12}^{[1]}} &= a_{1}^{[0]}\,\delta_{2}^{[1]} = 1\cdot 2 = 2",
        r"W_{12}^{[1]} &\leftarrow W_{12}^{[1]} - \eta\,\frac{\partial J}{\partial W_{12}^{[1]}}"
        r" = 1 - 0.1\cdot 2 = 0.8",
    ):
        assert row in document, row


@pytest.mark.parametrize("text", [MEAN, "\\", "$$", "a_b^c", "{", "}", "%", "\n\n", "日本", "δ ₁₂ −"])
def test_any_text_is_escaped(text):
    document = r"\begin{document}" + escaped(text) + r"\end{document}"
    assert faults(document) == []


@pytest.mark.skipif(PDFLATEX is None, reason="there is no pdflatex")
@pytest.mark.parametrize("name", ["xor", "breast-cancer", "iris", "sine"])
def test_the_examples_compile_and_nothing_overflows(name, tmp_path):
    log = compiled(as_latex(example(name, title=MEAN)), tmp_path)
    assert "Overfull" not in log
    assert "Missing character" not in log


@pytest.mark.skipif(PDFLATEX is None, reason="there is no pdflatex")
@pytest.mark.parametrize("seed", range(8))
def test_random_networks_compile(seed, tmp_path):
    made, theta, dataset, memory = random_case(np.random.default_rng(100 + seed))
    log = compiled(as_latex(solution(made, theta, dataset, 2, memory=memory), 9), tmp_path)
    assert "Overfull" not in log
