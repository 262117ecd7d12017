"""AutoGen's private modules, for programs that import from them: windows onto modules of ours."""

import sys
from importlib import import_module
from types import FrameType, ModuleType
from typing import Any

from agentchat.compat._private_modules import ELSEWHERE, HOMES_BY_MODULE


class NotBehindWindow(ImportError):
    """A private name of AutoGen that has no counterpart here.

    Args:
        text: What to say of it.
        module: Where it was looked for.
    """

    def __init__(self, text: str, module: str) -> None:
        super().__init__(text, name=module)


class Window(ModuleType):
    """A private module of AutoGen's: its names lead to our objects of the same meaning.

    What is set on it is set where the name lives; deleting it there gives back what it was.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__dict__["_originals"] = {}

    def __getattr__(self, name: str) -> Any:
        if not (name.startswith("__") and name.endswith("__")):
            home, there = home_of(self.__name__, name)
            if home is not None:
                return getattr(home, there)
        text = _missing(self.__name__, name)
        # Of an AttributeError, `from x import y` would show nothing of the text.
        if _is_importing(sys._getframe(1)):
            raise NotBehindWindow(text, self.__name__)
        raise AttributeError(text, name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        # What importlib sets belongs to the window itself: its spec, and the windows inside it.
        own = name.startswith("__") or isinstance(value, Window)
        home, there = (None, "") if own else home_of(self.__name__, name)
        if home is None:
            super().__setattr__(name, value)
            return
        self.__dict__["_originals"].setdefault(name, getattr(home, there))
        setattr(home, there, value)

    def __delattr__(self, name: str) -> None:
        originals = self.__dict__["_originals"]
        if name not in originals:
            super().__delattr__(name)
            return
        home, there = home_of(self.__name__, name)
        setattr(home, there, originals.pop(name))

    def __dir__(self) -> list[str]:
        homes = map(import_module, HOMES_BY_MODULE[self.__name__])
        return sorted({*super().__dir__(), *(name for home in homes for name in vars(home))})


def home_of(module: str, name: str) -> tuple[Any, str]:
    """What holds a private name of AutoGen's here, and what it is called there.

    Returns:
        None and the name, if nothing does.
    """
    if f"{module}.{name}" in ELSEWHERE:
        place, _, there = ELSEWHERE[f"{module}.{name}"].partition(":")
        return import_module(place), there
    homes = [import_module(home) for home in HOMES_BY_MODULE[module]]
    for home in homes:
        if hasattr(home, name):
            return home, name
    # A component's configuration has a class of its own there, and mostly a derived one here.
    for home in homes:
        component = getattr(home, name.removesuffix("Config"), None)
        if name.endswith("Config") and hasattr(component, "component_config_schema"):
            return component, "component_config_schema"
    return None, name


def _is_importing(frame: FrameType) -> bool:
    """Whether the frame stands at the import of a name from a module."""
    # Only a program about to fail comes here.
    from dis import opmap

    return frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]


def _missing(module: str, name: str) -> str:
    # Only a program about to fail comes here.
    from difflib import get_close_matches

    homes = HOMES_BY_MODULE[module]
    names = {
        each: home
        for home in homes
        for each, value in vars(import_module(home)).items()
        if not isinstance(value, ModuleType)
    }
    nearest = [f"{names[each]}.{each}" for each in get_close_matches(name, names, n=1, cutoff=0.6)]
    return (
        f"{module!r} is a private module of AutoGen, and its {name!r} has no counterpart here.\n"
        f"  nearest:  {nearest[0] if nearest else ', '.join(homes)}"
    )
