"""Rules that the source tree keeps."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

import analytics_mixpanel
from analytics_mixpanel import Client, functions, hookspecs
from analytics_mixpanel.settings import Settings

Run = Callable[..., subprocess.CompletedProcess[str]]

_ROOT: Final = Path(__file__).parent.parent
_CORE: Final = _ROOT / "analytics_mixpanel"
_PLUGINS: Final = sorted(
    path.name for path in (_ROOT / "plugins").iterdir() if (path / "__init__.py").exists()
)
# Settings that a client takes and the module has another way for, or leaves to who makes clients.
_NOT_OF_THE_MODULE: Final = {"plugins", "encoders", "retry", "batch_bytes"}


def _imports(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file under a folder, with each absolute module name that it imports, wherever in the file."""
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((name, each.name) for each in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield name, node.module or ""


def _top(module: str) -> str:
    return module.partition(".")[0]


def test_there_are_plugins() -> None:
    """The rules below are about something."""
    assert "analytics_mixpanel_destination" in _PLUGINS


def test_the_core_imports_no_plugin() -> None:
    """The core knows no destination, nor any other plugin, not even within a function."""
    assert [(file, module) for file, module in _imports(_CORE) if _top(module) in _PLUGINS] == []


@pytest.mark.parametrize("plugin", _PLUGINS)
def test_no_plugin_imports_another(plugin: str) -> None:
    """A plugin can be taken out by itself."""
    others = set(_PLUGINS) - {plugin}
    assert [
        (file, module) for file, module in _imports(_ROOT / "plugins" / plugin) if _top(module) in others
    ] == []


def test_pluggy_is_touched_in_one_place() -> None:
    """Only the hooks' page and the code that finds and orders plugins know pluggy."""
    using = {file for file, module in _imports(_CORE) if _top(module) == "pluggy"}
    assert using == {"plugins.py", "hookspecs.py"}


def test_the_core_imports_nothing_of_the_tests() -> None:
    """Only the fixtures for pytest import pytest."""
    using = {file for file, module in _imports(_CORE) if _top(module) in {"pytest", "hypothesis", "tests"}}
    assert using == {"testing/fixtures.py"}


_HEAVY: Final = [
    *("requests", "backoff", "asyncio", "starlette", "uvicorn", "numpy", "pydantic"),
    *("analytics_mixpanel.mapping", "analytics_mixpanel_destination.delivery"),
]


@pytest.mark.parametrize("module", _HEAVY)
def test_a_client_loads_nothing_heavy(run_python: Run, module: str) -> None:
    """An application that makes a client does not pay for what only a delivery or a debugger needs."""
    ended = run_python(
        f"import sys, analytics_mixpanel as a; a.Client('key', send=False); print({module!r} in sys.modules)"
    )
    assert ended.stdout == "False\n", ended.stderr


@pytest.mark.parametrize("module", ["analytics_mixpanel.client", "attrs", "inspect", "orjson", "pluggy"])
def test_importing_loads_next_to_nothing(run_python: Run, module: str) -> None:
    """An application that imports the package does not pay for what only a call needs."""
    ended = run_python(f"import sys, analytics_mixpanel; print({module!r} in sys.modules)")
    assert ended.stdout == "False\n", ended.stderr


def _promised() -> dict[str, str]:
    """What type checkers are told to import from where, by name."""
    tree = ast.parse(Path(analytics_mixpanel.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    return {
        alias.name: node.module.removeprefix("analytics_mixpanel.")
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.module and _top(node.module) == "analytics_mixpanel"
        for alias in node.names
    }


def test_what_is_imported_late_is_what_type_checkers_see() -> None:
    """Each exported name comes from the module that type checkers are told."""
    homes = {name: home for home, names in analytics_mixpanel._HOMES.items() for name in names}
    assert homes == _promised()
    assert sorted(homes) == analytics_mixpanel.__all__


def test_the_exported_names_are_the_public_ones() -> None:
    """``__all__`` is sorted and has every public class and function, and nothing else."""
    exported = analytics_mixpanel.__all__
    assert exported == sorted(exported)
    values = {name: getattr(analytics_mixpanel, name) for name in dir(analytics_mixpanel)}
    public = {
        name
        for name, value in values.items()
        if not name.startswith("_")
        and callable(value)
        and getattr(value, "__module__", "").startswith("analytics_mixpanel")
    }
    assert public - {"late_import"} | {"hookimpl"} == set(exported)


def test_a_name_that_is_not_there_is_an_error() -> None:
    """A misspelt name is no attribute, also in a ``from`` import."""
    with pytest.raises(AttributeError, match="'analytics_mixpanel' has no attribute 'trak'"):
        analytics_mixpanel.trak  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(ImportError, match="trak"):
        from analytics_mixpanel import trak  # type: ignore[attr-defined]  # noqa: F401


def test_a_star_imports_all(run_python: Run) -> None:
    """``from analytics_mixpanel import *`` gives every exported name, and ``dir`` shows it before."""
    program = """
import analytics_mixpanel
assert {*analytics_mixpanel.__all__} <= {*dir(analytics_mixpanel)}
from analytics_mixpanel import *
print({*analytics_mixpanel.__all__} - {*globals()})
"""
    assert run_python(program).stdout == "set()\n"


def test_the_module_has_every_setting() -> None:
    """Each setting of a client is one of the module, with the same default."""
    parameters = inspect.signature(Settings).parameters
    for name in parameters.keys() - _NOT_OF_THE_MODULE:
        assert getattr(analytics_mixpanel, name) == parameters[name].default, name


def test_the_module_passes_every_setting_on() -> None:
    """No setting of the module is forgotten when it makes its client, and none is made up."""
    parameters = set(inspect.signature(Client).parameters)
    assert set(functions.SETTINGS) == parameters - _NOT_OF_THE_MODULE


def _hooks() -> dict[str, Callable[..., object]]:
    return {
        name: each for name, each in vars(hookspecs).items() if hasattr(each, f"{hookspecs.PROJECT}_spec")
    }


def test_the_hooks_are_found() -> None:
    """The rules below are about every hook."""
    assert len(_hooks()) == 11


@pytest.mark.parametrize("hook", _hooks())
def test_a_hook_has_a_test(hook: str) -> None:
    """Each hook has a test that is named after it."""
    assert f"def test_hook_{hook}(" in (Path(__file__).parent / "test_plugins.py").read_text()


@pytest.mark.parametrize("hook", _hooks())
def test_a_hook_is_in_the_readme(hook: str) -> None:
    """Each hook is named in the README with its arguments."""
    arguments = ", ".join(inspect.signature(_hooks()[hook]).parameters)
    assert f"`{hook}({arguments})`" in (_ROOT / "README.md").read_text()


@pytest.mark.parametrize("hook", _hooks().items(), ids=lambda item: str(item[0]))
def test_a_hook_says_where_it_runs(hook: tuple[str, Callable[..., object]]) -> None:
    """A hook's sentence names its thread, or the moment."""
    assert re.search("thread|while registering", inspect.getdoc(hook[1]) or "")


def _modules() -> list[Path]:
    return [path for folder in (_CORE, _ROOT / "plugins") for path in sorted(folder.rglob("*.py"))]


@pytest.mark.parametrize("path", _modules(), ids=lambda path: path.relative_to(_ROOT).as_posix())
def test_a_module_is_one_idea(path: Path) -> None:
    """Every module begins by saying what it is, and is short enough to be read at once."""
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 300


def test_public_names_are_documented() -> None:
    """Each exported class and function has a docstring."""
    bare = [
        name for name in analytics_mixpanel.__all__ if not inspect.getdoc(getattr(analytics_mixpanel, name))
    ]
    assert bare == []
