"""A design without weights as a short text, to be sent, pasted or shown as a QR code.

The text is ``glassnet:1.`` and the design as in a file of version 1, compressed by zlib with `WORDS` as its
preset dictionary, encoded in base64url. It contains no more than a file, and is read by the same code.
"""

from __future__ import annotations

import base64
import binascii
import zlib

import msgspec

from ..language import tr
from ..nn.design import Design, plain_json
from .files import SUFFIX, DesignFile, from_text
from .json_io import FileError, PlaceError, json_text

SCHEME = "glassnet:"
HEAD = f"{SCHEME}1."
MOST_CHARACTERS = 300
MOST_BYTES = 64 << 10  # of the text of a design
WORDS = (
    b'"source":"table","formula":"","features":["x1","x2","x1**2","x2**2","x1*x2","sin(x1)","sin(x2)"],'
    b'"labels":"-1/1","scale":6.0,"initial":0.5,"fixed":true,"order":"as in the table","first_sample":1,'
    b'"rule":"perceptron","over_outputs":"half sum","over_samples":"sum",{"kind":"dropout","rate":0.2},'
    b'"source":"breast-cancer","source":"circles","source":"moons","source":"linear","source":"spiral",'
    b'"source":"iris","source":"digits","source":"sine","source":"circle","source":"blobs",'
    b'"source":"surface","activation":"relu","activation":"leaky_relu","activation":"elu",'
    b'"activation":"gelu","activation":"softplus","activation":"step","activation":"sign",'
    b'"activation":"softmax","activation":"linear","initializer":"he","initializer":"normal",'
    b'"initializer":"zeros","loss":{"name":"mse"},"loss":{"name":"mae"},"loss":{"name":"cce"},'
    b'"loss":{"name":"huber","delta":1.0},"loss":{"name":"hinge"},'
    b'"optimizer":{"name":"momentum","momentum":0.9},"optimizer":{"name":"nesterov","momentum":0.9},'
    b'"optimizer":{"name":"rmsprop","rho":0.9,"epsilon":1e-8},'
    b'"optimizer":{"name":"adam","beta1":0.9,"beta2":0.999,"epsilon":1e-8},"learning_rate":0.01,'
    b'"gradient_descent":"stochastic","gradient_descent":"batch","precision":"float32",'
    b'{"title":"XOR","data":{"source":"xor","samples":200,"noise":0.1,"classes":3,"test_share":0.3,'
    b'"seed":1},"layers":[{"kind":"dense","neurons":8,"activation":"tanh","alpha":null,'
    b'"initializer":"xavier"},{"kind":"dense","neurons":1,"activation":"sigmoid","alpha":null,'
    b'"initializer":"xavier"}],"training":{"loss":{"name":"bce"},'
    b'"optimizer":{"name":"gradient_descent"},"learning_rate":0.1,"gradient_descent":"mini-batch",'
    b'"batch_size":10,"l1":0.0,"l2":0.0,"seed":1,"precision":"float64"}}'
)
"""Strings that occur in every design. They belong to version 1: if changed, old links cannot be read."""


def is_design_link(text: str) -> bool:
    """Return whether a text has the form of the link of a design."""
    return text.strip().startswith(SCHEME)


def design_link(design: Design) -> str:
    """Return the link of a design, without its weights. Raises FileError if it would be too long."""
    press = zlib.compressobj(9, zdict=WORDS)
    text = msgspec.json.format(json_text(plain_json(design)), indent=-1)
    packed = base64.urlsafe_b64encode(press.compress(text) + press.flush()).decode().rstrip("=")
    link = HEAD + packed
    if len(link) > MOST_CHARACTERS or (design.data.table is not None and design.data.table.file is not None):
        raise FileError(
            tr(
                "This design does not fit into a link of {most} characters: save it as a {suffix} file.",
                most=MOST_CHARACTERS,
                suffix=SUFFIX,
            )
        )
    return link


def read_design_link(text: str) -> DesignFile:
    """Return the design in a link. Raises FileError; nothing large is ever unpacked."""
    text = text.strip()
    broken = FileError(
        tr(
            "The link of a design is damaged: copy all of it, from “{head}” to its last letter.",
            head=HEAD,
        )
    )
    if not text.startswith(HEAD):
        raise FileError(
            tr("This link comes from another version of Glassnet, which begins links with other numbers.")
            if text.startswith(SCHEME) and text[len(SCHEME) :].partition(".")[0].isdecimal()
            else str(broken)
        )
    if len(text) > MOST_CHARACTERS:
        raise broken
    packed = text.removeprefix(HEAD)
    unpack = zlib.decompressobj(zdict=WORDS)
    try:
        data = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        design = unpack.decompress(data, MOST_BYTES)
    except (binascii.Error, zlib.error, ValueError):
        raise broken from None
    if not unpack.eof or unpack.unused_data:
        raise broken
    try:
        return from_text(b'{"format":"glassnet-design","version":1,"design":' + design + b"}")
    except PlaceError as error:
        raise FileError(tr("The link of a design cannot be opened: {error}", error=error)) from None
