"""What a program uses, by the names under which it came in; nothing of it is run."""

import ast
import builtins
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from harness.migration._files import Piece, Source
from harness.migration._findings import Place

LOCAL = "~"
"""The origin of what the program makes itself."""

UNBOUND = "?"
"""Begins the origin of a name that nothing in the file binds: `?GroupChat`."""


class Usage(NamedTuple):
    """A name, a word or an attribute in a program."""

    kind: Literal["import", "name", "attribute", "keyword", "key", "provider"]
    name: str
    """Dotted for what was imported: `autogen.agentchat.AssistantAgent`."""

    place: Place
    owner: str = ""
    """Whose it is: of an attribute the object, of a keyword what is called, of a name what the
    program imported; calls are marked: `autogen.AssistantAgent()`."""


def usages(source: Source) -> Iterator[Usage]:
    """What a file uses, in no order."""
    origins = _Origins(node for piece in source.pieces for node in ast.walk(piece.tree))
    for piece in source.pieces:
        walk = _Walk(source.file, piece, origins)
        for node in ast.walk(piece.tree):
            yield from walk.of(node)


class _Origins:
    """Where the names of a file come from.

    One table for the whole file: a name means the same in all its functions, as it nearly always
    does.
    """

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        met = list(nodes)
        self.imported = {
            bound: origin for node in met for bound, origin in _imports(node) if bound != "*"
        }
        self._defined = {name for node in met for name in _definitions(node)} | set(dir(builtins))
        self._values: dict[str, str] = {}
        bindings = [binding for node in met for binding in _values(node)]
        for target, value in sorted(bindings, key=lambda each: _position(each[0])):
            if spelling := _spelling(target):
                self._values[spelling] = self.of(value)

    def of(self, node: ast.expr) -> str:
        """The dotted origin of what an expression gives."""
        known = self._values.get(_spelling(node), LOCAL)
        if known != LOCAL:
            return known
        match node:
            case ast.Name(id=name) if name in self.imported:
                return self.imported[name]
            case ast.Name(id=name):
                return LOCAL if name in self._defined else UNBOUND + name
            case ast.Attribute(value=value, attr=attribute):
                return f"{self.of(value)}.{attribute}"
            case ast.Call(func=function):
                return f"{self.of(function)}()"
            case ast.Await(value=value) | ast.Subscript(value=value):
                return self.of(value)
            case ast.Constant(value=str(annotation)) if annotation.isidentifier():
                return self.imported.get(annotation, LOCAL)
            case _:
                return LOCAL


class _Walk:
    """What the nodes of a piece use."""

    def __init__(self, file: str, piece: Piece, origins: _Origins) -> None:
        self._file, self._piece, self._origins = file, piece, origins
        inner = (node.value for node in ast.walk(piece.tree) if isinstance(node, ast.Attribute))
        self._inner = set(map(id, inner))

    def of(self, node: ast.AST) -> Iterator[Usage]:
        """What one node uses, without its children."""
        match node:
            case ast.Import() | ast.ImportFrom(module=str(), level=0):
                module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                for each in node.names:
                    yield Usage("import", module + each.name, self._place(each))
            case ast.Attribute():
                yield from self._attribute(node)
            case ast.Name(id=name, ctx=ast.Load()):
                origin = self._origins.of(node)
                if origin == UNBOUND + name:
                    yield Usage("name", origin, self._place(node))
            case ast.Call(keywords=keywords):
                yield from self._keywords(node, keywords)
            case ast.Dict(keys=keys, values=values):
                yield from self._entries(keys, values)

    def _attribute(self, node: ast.Attribute) -> Iterator[Usage]:
        imported = self._origins.imported.get(_base(node))
        if imported is None:
            owner = self._origins.of(node.value)
            yield Usage("attribute", node.attr, self._place_of_end(node), owner)
        elif id(node) not in self._inner:
            yield Usage("name", self._origins.of(node), self._place(node), imported)

    def _keywords(self, call: ast.Call, keywords: Iterable[ast.keyword]) -> Iterator[Usage]:
        owner = self._origins.of(call.func)
        for keyword in keywords:
            if keyword.arg is not None:
                yield Usage("keyword", keyword.arg, self._place(keyword), owner)

    def _entries(
        self, keys: Iterable[ast.expr | None], values: Iterable[ast.expr]
    ) -> Iterator[Usage]:
        for key, value in zip(keys, values, strict=True):
            match key, value:
                case ast.Constant(value="provider"), ast.Constant(value=str(provider)):
                    yield Usage("provider", provider, self._place(value))
                case ast.Constant(value=str(word)), _:
                    yield Usage("key", word, self._place(key))

    def _place(self, node: ast.AST) -> Place:
        line, offset = _position(node)
        return self._at(line, offset)

    def _place_of_end(self, node: ast.Attribute) -> Place:
        """Where the attribute's own name stands, after what it is read from."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._at(node.end_lineno, node.end_col_offset - len(node.attr.encode()))

    def _at(self, line: int, offset: int) -> Place:
        # The parser counts bytes; people, and their editors, characters.
        before = self._piece.lines[line - 1].encode()[:offset]
        column = len(before.decode(errors="replace")) + 1
        return Place(self._file, self._piece.cell, line, column)


def _imports(node: ast.AST) -> Iterator[tuple[str, str]]:
    """What an import statement binds, and where that comes from."""
    match node:
        case ast.Import(names=names):
            for alias in names:
                # `import a.b` binds `a`.
                first = alias.name.partition(".")[0]
                yield alias.asname or first, alias.name if alias.asname else first
        case ast.ImportFrom(module=str(module), names=names, level=0):
            for alias in names:
                yield alias.asname or alias.name, f"{module}.{alias.name}"


def _definitions(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.ImportFrom(names=names, level=level) if level:
            yield from (alias.asname or alias.name for alias in names)


def _values(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr]]:
    """What is bound to what: `(target, value)`.

    An annotation stands for a value of its class, and a collection for its items.
    """
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case ast.AnnAssign(target=target, value=value, annotation=annotation):
            yield target, value or _instance(annotation)
        case ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
            yield target, value
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            yield target, value
        case ast.arg(annotation=ast.expr() as annotation):
            yield node, _instance(annotation)


def _instance(annotation: ast.expr) -> ast.expr:
    return ast.Call(func=annotation, args=[], keywords=[])


def _spelling(node: ast.AST) -> str:
    """`name` or `self.name`; empty for anything else."""
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            return name
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return f"self.{name}"
        case _:
            return ""


def _base(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _position(node: ast.AST) -> tuple[int, int]:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    return line, column


def called_last(origin: str) -> str:
    """The name of what was called to get a value: of `~.initiate_chat()` it is `initiate_chat`."""
    if not origin.endswith("()"):
        return ""
    return origin.removesuffix("()").rpartition(".")[2].lstrip(UNBOUND)


def package_of(origin: str) -> str:
    """What a dotted name begins with: of `autogen.AssistantAgent()` it is `autogen`."""
    return origin.partition(".")[0].removesuffix("()")
