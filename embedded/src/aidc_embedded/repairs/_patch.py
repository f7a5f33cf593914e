"""How moto is patched: one attribute at a time, and loudly when moto is not what a patch was written for."""

from collections.abc import Callable
from typing import Any

Replacement = Callable[..., Any]


def replace(owner: Any, name: str, replacement: Any) -> None:
    """Put `replacement` in place of an existing attribute of a class or module."""
    if not hasattr(owner, name):
        raise AttributeError(f"moto has no {owner.__name__}.{name} any more; look at this repair again")
    setattr(owner, name, replacement)


def wrap(owner: Any, name: str, wrapper: Replacement) -> None:
    """Replace a method by one that gets the original as its first argument."""
    original = getattr(owner, name, None)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        return wrapper(original, *arguments, **named)

    replace(owner, name, wrapped)


def add(owner: Any, name: str, method: Replacement) -> None:
    """Give a class a method it lacks."""
    if hasattr(owner, name):
        raise AttributeError(f"moto has {owner.__name__}.{name} by now; look at this repair again")
    setattr(owner, name, method)
