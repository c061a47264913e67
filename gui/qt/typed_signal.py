"""Signals whose arguments are typed: ``edited = TypedSignal[Design, str]()`` in the class of a QObject.

mypy then checks what is emitted, and what is connected. The types are also the parameter names in the
meta-object, where tests read them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVarTuple, Unpack

from PySide6.QtCore import Signal, SignalInstance

Ts = TypeVarTuple("Ts")


class BoundSignal(Protocol[*Ts]):
    """The signal of one object. A slot takes either all its values or none."""

    def connect(self, slot: Slot[*Ts], /) -> object: ...

    def disconnect(self, slot: Slot[*Ts], /) -> object: ...

    def emit(self, /, *values: *Ts) -> None: ...


Slot = Callable[[Unpack[Ts]], object] | Callable[[], object] | BoundSignal[*Ts] | SignalInstance

if TYPE_CHECKING:

    class TypedSignal(Generic[*Ts]):
        """A signal that carries values of these types."""

        def __get__(self, instance: object, owner: type) -> BoundSignal[*Ts]: ...

else:

    class TypedSignal:
        """A signal that carries values of these types."""

        def __class_getitem__(cls, types: object) -> Callable[[], Signal]:
            types = types if isinstance(types, tuple) else (types,)
            names = [type_name(kind) for kind in types]
            return lambda: Signal(*map(_carried, types), arguments=names)


def type_name(kind: object) -> str:
    """Return the name that the type of an argument has in the meta-object."""
    return kind.__name__ if type(kind) is type else str(kind)


def _carried(kind: object) -> type:
    """Return the type as which Qt passes a value. An int stays a Python object, since Qt's has 32 bits."""
    return kind if kind in (str, bool, float) else object
