"""Explanations of a graph of scalars: a step in symbols and numbers, and a node."""

from __future__ import annotations

from html import escape

from core import number_style
from core.derivation.expressions import Equation, Leaf, Product, Sum, Symbol
from core.derivation.writer import WrittenLine
from core.graph.autodiff import Node
from core.graph.domain import Kink, Undefined
from core.graph.expression_text import is_number
from core.language import tr, translatable
from core.number_style import NOT_COMPUTED, fine_text, value_text
from gui.graph_lab.formulas import (
    LocalDerivative,
    because,
    derivative,
    local_derivatives,
    parts_of,
    rich,
    said,
    value_formula,
    written,
)
from gui.graph_lab.stepper import Cost, Stepper

_NOTHING = '<p class="m"><small>{}</small></p>'


EQUALS = " =\u00a0"  # at the end of a row
RECEIVES = translatable("{gradient} receives {share}")


def symbol_of(node: Node) -> str:
    """Return the symbol of a node's module; of a variable, its name."""
    return node.name if node.module is None else node.module.symbol


def step_html(stepper: Stepper) -> str:
    """Return the present step, line by line."""
    step = stepper.step
    if step.what == "inputs":
        return _inputs(stepper)
    if step.what == "forward":
        return f"<p>{forward_html(stepper, step.node)}</p>"
    if step.what == "seed":
        name = stepper.graph.nodes[step.node].name
        undefined = stepper.no_gradient(step.node)
        if undefined is not None:
            left = written(derivative(name, name, 1))
            return f"<p>{left} {undefined_html(undefined)}</p>"
        remark = tr("The backward pass begins at the output.")
        return _gradient(f"{written(derivative(name, name, 1))} = ", "1", 1.0) + _NOTHING.format(remark)
    return backward_html(stepper, step.node)


def _inputs(stepper: Stepper) -> str:
    graph = stepper.graph
    pairs = [f"{rich(name)} = {fine_text(float(stepper.inputs[name]))}" for name in graph.variables]
    remark = tr("Step computes one module after the other; Backward pass goes all the way.")
    return f"<p>{', '.join(pairs)}</p>{_NOTHING.format(remark)}"


# -- a module -------------------------------------------------------------------------------------


def leaves_of(stepper: Stepper, k: int) -> tuple[list[Leaf], Leaf]:
    """Return the inputs of module k and its result, as numbers that have symbols."""
    node, values = stepper.graph.nodes[k], stepper.final.values
    inputs = [_leaf(stepper.graph.nodes[i], float(_given(values[i]))) for i in node.inputs]
    return inputs, _leaf(node, float(_given(values[k])))


def _leaf(node: Node, value: float) -> Leaf:
    return Leaf(value, None, exact=True) if is_number(node) else Leaf(value, Symbol(node.name))


def _given(value: object) -> float:
    assert value is not None
    return float(value)  # type: ignore[arg-type]


def local_derivatives_of(stepper: Stepper, k: int) -> tuple[LocalDerivative, ...]:
    """Return the local derivatives of module k."""
    node = stepper.graph.nodes[k]
    assert node.module is not None
    inputs, z = leaves_of(stepper, k)
    values = [float(matrix[0, 0]) for matrix in stepper.local(k).derivatives]
    return local_derivatives(node.module, inputs, z, values)


def _forward(stepper: Stepper, k: int) -> Equation:
    node = stepper.graph.nodes[k]
    assert node.module is not None
    inputs, z = leaves_of(stepper, k)
    formula = value_formula(node.module, inputs, z.value)
    return Equation(z, formula, formula, Leaf(z.value))


def undefined_html(undefined: Undefined, name: str = "") -> str:
    """Return that a number is undefined, and why; ``name`` is the node concerned."""
    text = tr("is {word} here, because {why}").format(
        word=f"<b>{tr(undefined.word)}</b>", why=escape(because(undefined, name))
    )
    return f'<span class="e">{text}</span>'


def forward_html(stepper: Stepper, k: int) -> str:
    """Return the formula of module k, in symbols and in numbers, or why it has no value."""
    line, node, undefined = _forward(stepper, k), stepper.graph.nodes[k], stepper.no_value(k)
    if undefined is None:
        return _sides(line)
    assert line.symbols is not None and line.numbers is not None
    sides = [written(line.left), written(line.symbols)]
    if not any(stepper.no_value(i) for i in node.inputs):
        sides.append(written(line.numbers, number_style.digits()))
    return f"{EQUALS.join(dict.fromkeys(sides))} {undefined_html(undefined, node.name)}"


def formula_html(stepper: Stepper, k: int) -> str:
    """Return the formula of module k, in symbols."""
    line = _forward(stepper, k)
    assert line.symbols is not None
    return f"{written(line.left)} = {written(line.symbols)}"


def local_derivative_html(stepper: Stepper, k: int, place: int, known: bool = True) -> str:
    """Return the local derivative of module k by the input at ``place``."""
    nodes, slope = stepper.graph.nodes, local_derivatives_of(stepper, k)[place]
    left = derivative(nodes[k].name, nodes[nodes[k].inputs[place]].name, slope.value)
    found = None if stepper.domain is None else stepper.domain.slopes.get((k, place))
    if known and isinstance(found, Undefined):
        return f"{written(left)} {undefined_html(found, nodes[k].name)}"
    if known and isinstance(found, Kink):
        return f"{written(left)}{EQUALS}{_result(found.used)} {_kink(nodes[k], found)}"
    formula = None if slope.formula is None else slope.formula.expression
    line = Equation(left, formula, formula, Leaf(slope.value))
    note = said(slope.formula.note) if slope.formula is not None and slope.formula.note else ""
    text = _sides(line) if known else _symbols(line)
    return f'{text} <span class="m">({note})</span>' if note and known else text


def _kink(node: Node, kink: Kink) -> str:
    """Return that a module has a kink here, with both derivatives and the convention."""
    text = tr("a kink of {module}: {left} from the left, {right} from the right; {used} is a convention")
    said_of = text.format(
        module=escape(symbol_of(node)),
        left=value_text(kink.left),
        right=value_text(kink.right),
        used=value_text(kink.used),
    )
    return f'<span class="m">({said_of})</span>'


def share_line(stepper: Stepper, k: int, place: int) -> Equation:
    """Return the share of the gradient that module k passes to the input at ``place``."""
    nodes, local = stepper.graph.nodes, stepper.local(k)
    output, here, source = nodes[-1].name, nodes[k].name, nodes[nodes[k].inputs[place]].name
    upstream = derivative(output, here, float(local.upstream))
    slope = derivative(here, source, float(local.derivatives[place][0, 0]))
    product = Product((upstream, slope))
    share = float(local.downstream[place])
    return Equation(derivative(output, source, share), product, product, Leaf(share))


def local_number(stepper: Stepper, k: int) -> str:
    """Return the local derivative of module k; empty if it has several of different sizes, or none."""
    if any(stepper.no_share(k, place) for place in stepper.learned_places(k)):
        return ""
    slopes = {float(stepper.local(k).derivatives[place][0, 0]) for place in stepper.learned_places(k)}
    return _result(slopes.pop()) if len(slopes) == 1 else ""


def backward_html(stepper: Stepper, k: int) -> str:
    """Return the backward step through module k: its formula, its local derivatives, what it passes back."""
    places = stepper.learned_places(k)
    found = [f"<p>{formula_html(stepper, k)}</p>"]
    pairs = [local_derivative_html(stepper, k, place) for place in places]
    found += [f"<p>{text}</p>" for text in pairs]
    found += [share_html(stepper, k, place) for place in places]
    if not places:
        found.append(_NOTHING.format(tr("Its inputs are constants: there is nothing to hand on.")))
    return "".join([*found, *_sums(stepper, k)])


def _sums(stepper: Stepper, k: int) -> list[str]:
    """Return the sums to which module k adds a share, as far as they are known."""
    places = stepper.learned_places(k)
    sums = dict.fromkeys(stepper.graph.nodes[k].inputs[place] for place in places)
    return [_sum_html(stepper, source) for source in sums if len(stepper.uses[source]) > 1]


def products_html(stepper: Stepper, k: int) -> list[str]:
    """Return in symbols the products that module k passes back to its inputs."""
    lines = [share_line(stepper, k, place) for place in stepper.learned_places(k)]
    return [f"{written(line.left)} = {written(line.symbols)}" for line in lines if line.symbols is not None]


def share_html(stepper: Stepper, k: int, place: int) -> str:
    """Return the gradient that module k passes to the input at ``place``: upstream times local derivative."""
    line, undefined = share_line(stepper, k, place), stepper.no_share(k, place)
    assert line.symbols is not None and line.numbers is not None and line.result is not None
    if undefined is not None:
        left, name = written(line.left), stepper.graph.nodes[k].name
        return f"<p>{left}{EQUALS}{written(line.symbols)} {undefined_html(undefined, name)}</p>"
    if len(stepper.uses[stepper.graph.nodes[k].inputs[place]]) > 1:
        return _gradient_line(line, tr(RECEIVES))
    return _gradient_line(line)


def _sum_html(stepper: Stepper, source: int) -> str:
    """Return the sum of the shares of a value that is used more than once, as far as they are known."""
    nodes, uses = stepper.graph.nodes, stepper.shares(source)
    shares = [Leaf(float(stepper.local(k).downstream[place])) for k, place in uses]
    value = sum(share.value for share in shares)
    total = derivative(nodes[-1].name, nodes[source].name, value)
    left = written(total)
    missing = len(stepper.uses[source]) - len(uses)
    undefined = stepper.no_gradient(source)
    if not missing and undefined is not None:
        return f"<p>{left} {undefined_html(undefined)}</p>"
    if missing:
        waits = tr("{gradient} waits for {missing} of {count} shares.")
        return _NOTHING.format(waits.format(gradient=left, missing=missing, count=len(stepper.uses[source])))
    return _gradient_line(Equation(total, None, Sum(tuple(shares)), Leaf(value)))


def node_html(stepper: Stepper, k: int) -> str:
    """Return the explanation of a node: upstream, local derivative, downstream, as far as they are known."""
    graph = stepper.graph
    node, output = graph.nodes[k], graph.nodes[-1].name
    gradient, undefined = stepper.gradient(k), stepper.no_gradient(k)
    upstream = written(derivative(output, node.name, 0))
    if gradient is not None and undefined is not None:
        upstream = f"{upstream} {undefined_html(undefined)}"
    else:
        upstream = _gradient_or_dot(upstream, gradient)
    if node.module is None:
        return _leaf_html(stepper, k, upstream)
    known = stepper.values[k] is not None
    rows = [row(tr("forward"), forward_html(stepper, k) if known else formula_html(stepper, k))]
    return table([*rows, row(tr("upstream"), upstream), *_derivative_rows(stepper, k)])


def chain_html(stepper: Stepper, k: int, *, brief: bool = False) -> str:
    """Return the backward step through module k by the names of its gradients.

    They are upstream, local and downstream, and the sums of values that are used more than once. ``brief``:
    only what is handed on, and the sums.
    """
    gradient, undefined = stepper.gradient(k), stepper.no_gradient(k)
    places = stepper.learned_places(k)
    if gradient is None or undefined is not None or not places:
        return backward_html(stepper, k)
    nodes = stepper.graph.nodes
    upstream = _gradient_or_dot(written(derivative(nodes[-1].name, nodes[k].name, 0)), gradient)
    rows = [] if brief else [row(tr("upstream"), upstream)]
    rows += [row(tr("local"), local_derivative_html(stepper, k, place)) for place in places if not brief]
    rows += [row(tr("downstream"), _handed_on(stepper, k, place)) for place in places]
    return table(rows) + "".join(_sums(stepper, k))


def _handed_on(stepper: Stepper, k: int, place: int) -> str:
    """Return the gradient passed by module k to the input at ``place``: upstream times local, in numbers."""
    undefined = stepper.no_share(k, place)
    line = share_line(stepper, k, place)
    if undefined is not None:
        return share_html(stepper, k, place)
    summed = len(stepper.uses[stepper.graph.nodes[k].inputs[place]]) > 1
    return _gradient_line(Equation(line.left, None, line.numbers, line.result), *[RECEIVES] * summed)


def _derivative_rows(stepper: Stepper, k: int) -> list[str]:
    """Return the rows of the local derivatives of module k, and of the gradients it passes downstream."""
    known, handed, places = stepper.values[k] is not None, stepper.handed_on(k), stepper.learned_places(k)
    rows = [row(tr("local"), local_derivative_html(stepper, k, place, known)) for place in places]
    for place in places:
        line = share_line(stepper, k, place)
        rows.append(row(tr("downstream"), share_html(stepper, k, place) if handed else _symbols(line)))
    return rows


def _leaf_html(stepper: Stepper, k: int, gradient: str) -> str:
    node, uses = stepper.graph.nodes[k], len(stepper.uses[k])
    if node.constant is not None:
        return f"<p>{tr('A constant: the output is not differentiated by it.')}</p>"
    once, often = (
        tr("A variable, used by one module."),
        tr("A variable, used {count} times: its gradients add up."),
    )
    rows = [row(tr("gradient"), gradient)]
    return f"<p>{(once if uses == 1 else often).format(count=uses)}</p>{table(rows)}"


def table(rows: list[str]) -> str:
    """Return rows of a name and a text as an HTML table."""
    return f'<table cellspacing="0" cellpadding="2">{"".join(rows)}</table>'


def node_tip(stepper: Stepper, k: int) -> str:
    """Return a one-line description of a node."""
    node = stepper.graph.nodes[k]
    if node.module is not None and stepper.scalar:
        return formula_html(stepper, k)
    return rich(node.name)


def edge_tip(stepper: Stepper, source: int, target: int, *, gradient: bool) -> str:
    """Return the tooltip of a pill: a value, or a gradient passed back through a module."""
    nodes = stepper.graph.nodes
    name = nodes[source].name
    if not gradient:
        return tr("The value of {name}").format(name=rich(name))
    left = written(derivative(nodes[-1].name, name, 0))
    if target == len(nodes):
        return tr("{gradient}, the gradient of the output by itself").format(gradient=left)
    here = written(derivative(nodes[-1].name, nodes[target].name, 0))
    slope = written(derivative(nodes[target].name, name, 0))
    if len(stepper.uses[source]) > 1:
        share = tr("The share of {gradient} from this module: {upstream} · {slope}")
        return share.format(gradient=left, upstream=here, slope=slope)
    return f"{left} = {here} · {slope}"


def cost(counted: Cost) -> str:
    """Return the cost of gradients by each method."""
    passes = (
        tr("Backpropagation: {passes} backward pass, {modules} module.")
        if counted.modules == 1
        else tr("Backpropagation: {passes} backward pass, {modules} modules.")
    )
    each = tr("Changing each input separately: {numbers} × {each} forward passes.")
    numbers = max(1, counted.numbers)
    first = passes.format(passes=counted.backward_passes, modules=counted.modules)
    return f"{first} {each.format(numbers=counted.numbers, each=counted.forward_passes // numbers)}"


# -- lines ------------------------------------------------------------------------------------------


def _sides(line: Equation) -> str:
    """Return a line in symbols and in numbers, with its result; equal parts are written only once."""
    parts = parts_of(line)
    return EQUALS.join(filter(None, (parts.left, parts.symbols, parts.numbers))) + _sign(parts) + parts.result


def _sign(parts: WrittenLine) -> str:
    """Return the relation sign before the result of a line."""
    return EQUALS.replace("=", parts.last)


def _symbols(line: Equation) -> str:
    formula = "" if line.symbols is None else f" = {written(line.symbols)}"
    return f"{written(line.left)}{formula} = {NOT_COMPUTED}"


def _result(value: float) -> str:
    return written(Leaf(value), number_style.digits())


def _gradient_line(line: Equation, template: str = f"{{gradient}}{EQUALS}{{share}}") -> str:
    """Return a gradient and its definition or sum, in numbers, with the result."""
    assert line.result is not None
    parts = parts_of(line)
    share = EQUALS.join(filter(None, (parts.symbols, parts.numbers))) + _sign(parts)
    return _gradient(template.format(gradient=parts.left, share=share), parts.result, line.result.value)


def _gradient(before: str, result: str, value: float) -> str:
    kind = "gn" if value < 0 else "gp"
    return f'<p class="{kind}">{before}<b>{result}</b></p>'


def _gradient_or_dot(left: str, gradient: object) -> str:
    if gradient is None:
        return f"{left} = {NOT_COMPUTED}"
    value = float(gradient)  # type: ignore[arg-type]
    return f'<span class="{"gn" if value < 0 else "gp"}">{left} = <b>{_result(value)}</b></span>'


def row(name: str, html: str) -> str:
    """Return a row of an HTML table."""
    return f'<tr><td class="m" style="padding-right: 16px;">{name}</td><td>{html}</td></tr>'
