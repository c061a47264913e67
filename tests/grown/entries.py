"""One entry of each table, as somebody would write it into the file of that table."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
COPIED = (
    "core",
    "gui",
    "assets",
    "tests",
    "pyproject.toml",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "LICENSE",
)

INITIALIZER = 'Initializer("small", "small", lambda n_in, n_out: 0.1, "a tenth of the standard normal"),'

LOSS = '''
class LogCosh(_Loss, frozen=True, tag="log_cosh"):
    """The logarithm of the hyperbolic cosine of the error."""

    symbol: ClassVar[str] = "Log-cosh"

    def formula(self, o: Expression, y: Expression) -> Expression:
        """Return ln((e^(o - y) + e^(y - o)) / 2)."""
        return ex.ln((ex.exp(o - y) + ex.exp(y - o)) / 2)

    def derivative_formula(self, o: Expression, y: Expression) -> Expression:
        """Return tanh(o - y)."""
        return ex.tanh(o - y)

    def terms(self, o: Array, y: Array) -> Array:
        """Return ln cosh(o - y)."""
        return np.logaddexp(o - y, y - o) - np.log(2.0)

    def derivative_steps(self, o: Array, y: Array, out: Array) -> Recipe:
        """Write tanh(o - y)."""
        return (np.subtract, o, y, out), (np.tanh, out, out)


'''

OPTIMIZER = '''
class Adagrad(_Optimizer, frozen=True, tag="adagrad"):
    """Adagrad (Duchi, Hazan & Singer 2011): steps divided by the root of all squares so far."""

    epsilon: Annotated[float, Meta(gt=0, le=1, title="ε", description="Keeps the divisor away from 0")] = 1e-8

    symbol: ClassVar[str] = "Adagrad"
    letters: ClassVar[tuple[str, ...]] = ("s",)

    def formulas(self, at: UpdateTerms) -> tuple[tuple[Expression, ...], Expression]:
        """Return the new memory and the step, as expressions."""
        step = at.eta * (at.g / (ex.sqrt(at.new[0]) + ex.setting("ε", self.epsilon)))
        return (at.old[0] + at.g**2,), step

    def steps(self, theta: Array, g: Array, memory: Array, scratch: Array, *factors: Array) -> Recipe:
        """Return the recipe of one update."""
        (eta,), step, (s,) = factors, scratch[0], memory
        return (
            (np.square, g, step),
            (np.add, s, step, s),
            (np.sqrt, s, step),
            (np.add, step, np.array(self.epsilon, theta.dtype), step),
            (np.divide, g, step, step),
            (np.multiply, step, eta, step),
            (np.subtract, theta, step, theta),
        )


'''

DRAWING = """
def _stripes(choice: Choice, rng: np.random.Generator) -> tuple[Array, Array]:
    labels = np.arange(choice.samples) % 2
    across = labels + rng.uniform(0.05, 0.95, choice.samples) - 1
    x = np.array([across, rng.uniform(-1, 1, choice.samples)])
    return x + 0.2 * choice.noise * rng.standard_normal(x.shape), labels


"""
DATASET = 'DataSource("stripes", "Stripes", "Two stripes side by side, one for each class.", _stripes),'


def activation() -> str:
    """Return the activation that README adds."""
    found = re.search(
        r"```python\n(Activation\(\n.*?\n\))\n```", (ROOT / "README.md").read_text("utf-8"), re.S
    )
    assert found is not None
    return found[1] + ","


def grown(folder: Path) -> Path:
    """Return a copy of the program in which one entry is added to each table."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    core = folder / "core"
    _before(core / "nn" / "activations.py", "    )\n}\n", activation(), "ACTIVATIONS: dict")
    _before(core / "nn" / "initializers.py", "    )\n}\n", INITIALIZER, "INITIALIZERS: dict")
    _before(core / "nn" / "losses.py", "LOSSES: dict", LOSS)
    _before(core / "nn" / "optimizers.py", "OPTIMIZERS: dict", OPTIMIZER)
    _before(core / "data" / "datasets.py", "DATASETS: dict", DRAWING)
    _before(core / "data" / "datasets.py", "    )\n}\n", DATASET, "DATASETS: dict")
    return folder


def _before(file: Path, mark: str, entry: str, after: str = "") -> None:
    """Write an entry into a file, before a mark."""
    text = file.read_text("utf-8")
    place = text.index(mark, text.index(after))
    file.write_text(text[:place] + entry.strip("\n") + "\n" * (3 if not after else 1) + text[place:], "utf-8")
