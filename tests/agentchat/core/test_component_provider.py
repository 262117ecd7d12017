import sys
from types import ModuleType

import pytest
from pydantic import BaseModel

from agentchat.core._component import Component, ComponentBase, ComponentLoader
from agentchat.core._component_provider import UntrustedProvider, exported_name, provider_of


class Thing(ComponentBase[BaseModel], Component[BaseModel]):
    component_type = "thing"


def thing_in(monkeypatch: pytest.MonkeyPatch, module_name: str) -> type[Thing]:
    """A component in a module that exists from now on, and in no package."""
    module = ModuleType(module_name)
    module.Thing = type("Thing", (Thing,), {"__module__": module_name, "__qualname__": "Thing"})
    monkeypatch.setitem(sys.modules, module_name, module)
    return module.Thing


def described(provider: str) -> dict[str, object]:
    return {"provider": provider, "config": {}}


def test_a_name_out_of_a_private_module_is_the_shortest_public_one() -> None:
    assert exported_name(ComponentLoader) == "agentchat.core.ComponentLoader"


def test_a_name_out_of_a_public_module_stays_as_it_is() -> None:
    assert exported_name(Thing) == f"{__name__}.Thing"


def test_warns_of_a_private_module_that_nobody_exports_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thing = thing_in(monkeypatch, "lonely._inside")

    with pytest.warns(UserWarning, match="Internal module name used in provider string"):
        provider = provider_of(thing)

    assert provider == "lonely._inside.Thing"


def test_an_override_is_written_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    thing = thing_in(monkeypatch, "lonely._inside")
    thing.component_provider_override = "lonely.Thing"

    assert provider_of(thing) == "lonely.Thing"


@pytest.mark.parametrize(
    "provider", ["elsewhere.Thing", "os.path.Thing", "agentchatter.Thing", "elsewhere.test_x.Thing"]
)
def test_refuses_an_untrusted_namespace(monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    thing_in(monkeypatch, "elsewhere")

    with pytest.raises(UntrustedProvider, match="not in a trusted namespace") as refused:
        ComponentLoader.load_component(described(provider))

    assert refused.value.provider == provider


@pytest.mark.parametrize("allowed", ["elsewhere", "elsewhere.Thing"])
def test_loads_what_is_allowed_by_name(monkeypatch: pytest.MonkeyPatch, allowed: str) -> None:
    thing = thing_in(monkeypatch, "elsewhere")

    loaded = ComponentLoader.load_component(described("elsewhere.Thing"), allow=[allowed])

    assert type(loaded) is thing


def test_loads_what_the_environment_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    thing = thing_in(monkeypatch, "elsewhere")
    monkeypatch.setenv("AUTOGEN_ALLOWED_PROVIDER_NAMESPACES", "other, elsewhere.")

    loaded = ComponentLoader.load_component(described("elsewhere.Thing"))

    assert type(loaded) is thing


def test_a_class_may_load_itself_from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    thing = thing_in(monkeypatch, "elsewhere")

    loaded = thing.load_component(described("elsewhere.Thing"))

    assert type(loaded) is thing


def test_permission_ends_with_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    thing_in(monkeypatch, "elsewhere")
    ComponentLoader.load_component(described("elsewhere.Thing"), allow=["elsewhere"])

    with pytest.raises(UntrustedProvider, match="not in a trusted namespace"):
        ComponentLoader.load_component(described("elsewhere.Thing"))


def test_a_provider_needs_a_module() -> None:
    with pytest.raises(ValueError, match="Invalid provider 'Thing'"):
        ComponentLoader.load_component(described("Thing"))


def test_loads_by_upstream_names() -> None:
    loaded = ComponentLoader.load_component(
        {"provider": "autogen_core.memory.ListMemory", "config": {"name": "n"}}
    )

    assert loaded.dump_component().provider == "agentchat.core.memory.ListMemory"
