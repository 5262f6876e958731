"""The doors of the library: what is public refuses an argument of the wrong type with a sentence, before anything is done.

A text where a list of texts is wanted is the commonest: Python would take its letters one by one. What the hints of a function say is
asked, and nothing stands in the functions themselves. Whoever calls from inside the house is not asked: mypy
has asked already, and an explanation would take a tenth longer.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, wraps
from types import FunctionType, NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, Unpack, cast, get_args, get_origin, get_type_hints, is_typeddict

from rasim.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

_PARTS: Final = (list, tuple, set, frozenset, Mapping, AbstractSet)  # what may be looked into: looking uses up nothing

_TYPES: Final = 1_000  # of arguments that are remembered


def doors(space: dict[str, Any]) -> None:
    """Put a door before every function of a package that its `__all__` names, and before the `of` that makes a value."""
    for name in space["__all__"]:
        one = space.get(name)
        if isinstance(one, FunctionType):
            space[name] = door(one, space)
        elif isinstance(one, type) and isinstance(vars(one).get("of"), classmethod):
            one.of = classmethod(door(vars(one)["of"].__func__, space))  # type: ignore[attr-defined]


def door(function: F, space: Mapping[str, Any] | None = None) -> F:
    """Return a function that refuses what its hints do not allow; `space` has the types that its own file imports for mypy alone.

    The function that is returned raises UsageError: which argument, what it is, and what it should be.
    """
    signature = inspect.signature(function)
    hints_of = cache(lambda: _hints(function, space))  # when it is called, all types are there
    let_in: set[tuple[Any, ...]] = set()  # types of arguments that say it all: nothing has to be looked into

    @wraps(function)
    def asked(*args: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        types = (*map(type, args), *named, *map(type, named.values()))
        if types in let_in:
            return function(*args, **named)
        frame = inspect.currentframe()
        if frame and frame.f_back and frame.f_back.f_globals.get("__name__", "").startswith("rasim."):
            return function(*args, **named)
        try:
            given = signature.bind(*args, **named).arguments
        except TypeError:
            return function(*args, **named)  # which says what is missing or too many
        hints = hints_of()
        for name, value in given.items():
            _refuse(function.__name__, name, value, hints.get(name, Any), signature.parameters[name].kind)
        if len(let_in) < _TYPES and all(_by_type(value, hints.get(name, Any)) for name, value in given.items()):
            let_in.add(types)
        return function(*args, **named)

    return cast("F", asked)


def _by_type(value: Any, hint: Any) -> bool:
    """Tell whether every value of this type would be let in as well."""
    parts = (get_origin(hint) or hint, *get_args(hint))
    asked_of_the_value = any(getattr(each, "_is_protocol", False) for each in parts)
    return not (isinstance(value, _PARTS) or asked_of_the_value) and isinstance(parts[0], type)


def _hints(function: Callable[..., Any], space: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        return get_type_hints(function, localns=None if space is None else dict(space))
    except NameError:  # a type that is imported for mypy alone
        return {}


def _refuse(function: str, name: str, value: Any, hint: Any, kind: Any) -> None:
    if kind is inspect.Parameter.VAR_KEYWORD:
        hint = get_args(hint)[0] if get_origin(hint) is Unpack else hint
        known = get_type_hints(hint) if is_typeddict(hint) else dict.fromkeys(value, hint)
        for each, one in value.items():
            if each not in known:
                raise UsageError(f"{function}: there is no argument {each}; there is {', '.join(known)}")
            _refuse(function, each, one, known[each], None)
    elif not _fits(value, tuple[hint, ...] if kind is inspect.Parameter.VAR_POSITIONAL else hint):
        raise UsageError(f"{function}: {name} must be {_said(hint)}, not {_kind(value)}")


def _fits(value: Any, hint: Any) -> bool:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, each) for each in args)
    if origin is Literal:
        return any(type(value) is type(each) for each in args)  # which words there are is said by whoever knows them
    wanted = NoneType if hint is None else origin or hint
    if wanted is Callable:
        return callable(value)
    if wanted is Any or not isinstance(wanted, type):
        return True
    if getattr(wanted, "_is_protocol", False):
        return all(name.startswith("_") or hasattr(value, name) for name in (*vars(wanted), *wanted.__annotations__))
    if wanted in (Iterable, Sequence) and isinstance(value, str | bytes):
        return False
    if not isinstance(value, (int, float) if wanted is float else wanted):
        return False
    return not isinstance(value, _PARTS) or _parts_fit(value, args)


def _parts_fit(value: Any, args: tuple[Any, ...]) -> bool:
    if isinstance(value, Mapping) and len(args) == 2:
        return all(_fits(k, args[0]) and _fits(v, args[1]) for k, v in value.items())
    if len(args) == 1 or args[1:] == (...,):
        return all(_fits(each, args[0]) for each in value)
    return not args or not isinstance(value, tuple) or (
        len(args) == len(value) and all(map(_fits, value, args))
    )  # fmt: skip


def _said(hint: Any) -> str:
    """Return a type in words, as a person would write it."""
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(map(_said, get_args(hint)))
    if hint in (None, NoneType):
        return "None"
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(map(repr, get_args(hint)))
    inner = [_said(each) for each in get_args(hint) if each is not ...]
    name = getattr(get_origin(hint) or hint, "__name__", str(hint))
    name = "list" if name in ("Iterable", "Sequence") else name
    return f"{name} of {' and '.join(inner)}" if inner and name != "Callable" else name


def _kind(value: Any) -> str:
    shown = repr(value)
    return "None" if value is None else f"{type(value).__name__} {shown if len(shown) < 60 else ''}".strip()
