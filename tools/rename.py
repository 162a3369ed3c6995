"""Rename modules, definitions and members over the whole tree, from the table in rename.toml.

    pip install libcst
    python tools/rename.py TABLE.toml [TABLE.toml ...] [--dry-run]

rename.toml is the first round and rename2.toml the second, to be applied in this order. A table has
three parts. `[modules]` moves modules (old dotted name to new one). `[names]` renames
what a module defines at its top level; every reference is found by scope and import, so that a
local variable of the same spelling is left alone. `[[words]]` renames identifiers (attributes,
parameters, keywords, local variables) in the files that match its globs, token by token.
"""

from __future__ import annotations

import argparse
import ast
import fnmatch
import re
import subprocess
import tomllib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, QualifiedNameProvider, QualifiedNameSource

ROOT = Path(__file__).parents[1]
CODE = ("src", "tests", "benchmarks", "tools", "examples")
TEXTS = ("*.md", "*.toml", "*.yaml", "*.yml", "*.sh", "Makefile", "*.cfg", "*.json")


@dataclass
class Table:
    """What is renamed.

    Attributes:
        modules: Old dotted module to new one.
        names: Old dotted definition to its new bare name.
        words: Old identifier, new identifier, globs of files.
        exports: Module to its imported names: local name to the dotted origin.
        defined: All modules of the tree.
    """

    modules: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    words: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    exports: dict[str, dict[str, str]] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)

    def origin(self, dotted: str) -> str:
        """The place of definition behind a dotted name, through re-exports."""
        for _ in range(8):
            module, _, name = dotted.rpartition(".")
            if dotted in self.defined or dotted in self.names:
                return dotted

            following = self.exports.get(module, {}).get(name)
            if following is None:
                return dotted

            dotted = following

        return dotted

    def new_name(self, dotted: str) -> str | None:
        """The new bare name of a definition or module; None if it keeps its own."""
        origin = self.origin(dotted)
        if origin in self.names:
            return self.names[origin]
        if origin in self.modules:
            return self.modules[origin].rpartition(".")[2]

        return None

    def words_for(self, path: str) -> dict[str, str]:
        """The token renames that hold for one file."""
        return {
            old: new
            for old, new, globs in self.words
            if any(fnmatch.fnmatch(path, glob) for glob in globs)
        }


def module_of(path: Path) -> str:
    """The dotted name of a file of the tree; tests and tools get names of their own."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == "src":
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def absolute(path: Path, level: int, module: str) -> str:
    """The absolute name of a module that a file imports with `level` leading dots."""
    if not level:
        return module

    package = (
        path.relative_to(ROOT / "src").parts[:-1]
        if "src" in path.parts
        else path.relative_to(ROOT).parts[:-1]
    )

    base = package[: len(package) + 1 - level]
    return ".".join([*base, *([module] if module else [])])


def read_table(paths: list[Path]) -> Table:
    """Join tables and add the index of the tree's re-exports."""
    table = Table()

    for path in paths:
        content = tomllib.loads(path.read_text())
        table.modules |= content.get("modules", {})
        table.names |= content.get("names", {})
        table.words += [(w["old"], w["new"], tuple(w["where"])) for w in content.get("words", [])]

    for path in sorted(ROOT.joinpath("src").rglob("*.py")):
        module = module_of(path)
        table.defined.add(module)
        imports = table.exports.setdefault(module, {})

        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                source = absolute(path, node.level, node.module or "")
                for alias in node.names:
                    imports[alias.asname or alias.name] = f"{source}.{alias.name}"

    return table


class Renamer(cst.CSTTransformer):
    """Apply a table to one file."""

    METADATA_DEPENDENCIES = (QualifiedNameProvider,)

    def __init__(self, table: Table, path: Path) -> None:
        super().__init__()
        self.table = table
        self.path = path
        self.module = module_of(path)
        self.words = table.words_for(path.relative_to(ROOT).as_posix())
        self.in_import = 0
        self.aliases: set[str] = set()
        self.changed: set[tuple[str, str]] = set()

    def dotted(self, node: cst.CSTNode) -> tuple[str | None, bool]:
        """The dotted name of a module-level definition, and whether a node is known to be someone
        else's.
        """
        try:
            found = self.get_metadata(QualifiedNameProvider, node, set())
        except KeyError:
            return None, False

        found = found() if callable(found) else found
        foreign = False

        for qualified in found or ():
            if qualified.source is QualifiedNameSource.IMPORT:
                name = qualified.name
                if name.startswith("."):
                    level = len(name) - len(name.lstrip("."))
                    name = absolute(self.path, level, name.lstrip("."))
                if name.startswith(("waywiser.", "tests.")):
                    return name, True

                foreign = True
            elif qualified.source is QualifiedNameSource.LOCAL and "." not in qualified.name:
                return f"{self.module}.{qualified.name}", False
            elif qualified.source is QualifiedNameSource.BUILTIN:
                foreign = True

        return None, foreign

    def renamed(self, original: cst.Name, node: cst.CSTNode | None = None) -> str | None:
        dotted, foreign = self.dotted(node or original)
        if dotted is not None:
            new = self.table.new_name(dotted)
            if new is not None:
                return new

            owner = self.table.origin(dotted.rpartition(".")[0])
            is_member = node is not None and foreign and owner not in self.table.defined
            if is_member and "." in owner:
                return self.words.get(original.value)
            if foreign or dotted in self.table.names:
                return None

        if foreign:
            return None

        return self.words.get(original.value)

    def visit_Import(self, node: cst.Import) -> None:
        self.in_import += 1

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import:
        self.in_import -= 1
        aliases = []

        for alias in updated_node.names:
            name = code_of(alias.name)
            new = self.moved(name)
            aliases.append(alias.with_changes(name=expression_of(new)) if new != name else alias)

        return updated_node.with_changes(names=aliases)

    def visit_Module(self, node: cst.Module) -> None:
        """Names given by `import ... as NAME` are the file's own: they stay."""
        for child in ast.walk(ast.parse(node.code)):
            if isinstance(child, ast.Import | ast.ImportFrom):
                self.aliases |= {alias.asname for alias in child.names if alias.asname}

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        self.in_import += 1

    def moved(self, module: str) -> str:
        return self.table.modules.get(module, module)

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.FlattenSentinel:
        self.in_import -= 1
        if isinstance(original_node.names, cst.ImportStar):
            return updated_node

        written = code_of(original_node.module) if original_node.module is not None else ""
        module = absolute(self.path, len(original_node.relative), written)
        groups: dict[str, list[cst.ImportAlias]] = {}

        for alias in original_node.names:
            old = code_of(alias.name)
            full = f"{module}.{old}"
            target = self.moved(module)
            new = old

            if full in self.table.modules:
                target, _, new = self.table.modules[full].rpartition(".")
            else:
                new = self.table.new_name(full) or old

            if new != old:
                self.changed.add((old, new))

            plain = alias.with_changes(name=cst.Name(new), comma=cst.MaybeSentinel.DEFAULT)
            if (
                plain.asname is not None
                and code_of(plain.asname.name).removeprefix("as ").strip() == new
            ):
                plain = plain.with_changes(asname=None)

            groups.setdefault(target, []).append(plain)

        if len(groups) == 1:
            (target, aliases), *_ = groups.items()
            if target == module and all(
                code_of(a.name) == code_of(b.name)
                for a, b in zip(aliases, original_node.names, strict=True)
            ):
                return updated_node

        statements = [
            updated_node.with_changes(
                module=expression_of(target),
                names=aliases,
                relative=(),
                whitespace_before_import=cst.SimpleWhitespace(" "),
                whitespace_after_from=cst.SimpleWhitespace(" "),
            )
            for target, aliases in groups.items()
        ]

        return cst.FlattenSentinel(statements) if len(statements) > 1 else statements[0]

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        if self.in_import or original_node.value in self.aliases:
            return updated_node

        new = self.renamed(original_node)
        if new is None or new == updated_node.value:
            return updated_node

        self.changed.add((original_node.value, new))
        return updated_node.with_changes(value=new)

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        if self.in_import:
            return updated_node

        new = self.renamed(original_node.attr, original_node)
        name = new if new is not None else original_node.attr.value
        # `leave_Name` also met the attribute's own name; what it did there is undone here.
        return updated_node.with_changes(attr=original_node.attr.with_changes(value=name))

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        keyword = original_node.keyword
        if keyword is None:
            return updated_node
        new = self.words.get(keyword.value, keyword.value)
        return updated_node.with_changes(keyword=keyword.with_changes(value=new))

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """Keep the keywords of other people's functions; rename `monkeypatch.setattr(module,
        "name", ...)`.
        """
        _, foreign = self.dotted(original_node.func)
        dotted, _ = self.dotted(original_node.func)
        if (foreign and dotted is None) or code_of(original_node.func).endswith(
            (".format", "dict")
        ):
            args = [
                new.with_changes(keyword=old.keyword)
                for old, new in zip(original_node.args, updated_node.args, strict=True)
            ]

            updated_node = updated_node.with_changes(args=args)

        if not code_of(original_node.func).endswith(("setattr", "getattr", "patch.object")):
            return updated_node

        if len(original_node.args) < 2 or not isinstance(
            original_node.args[1].value, cst.SimpleString
        ):
            return updated_node

        dotted, _ = self.dotted(original_node.args[0].value)
        string = original_node.args[1].value
        old = ast.literal_eval(string.value)
        new = self.table.new_name(f"{self.table.origin(dotted)}.{old}") if dotted else None
        new = new or self.words.get(old)

        if new is None:
            return updated_node

        args = list(updated_node.args)
        args[1] = args[1].with_changes(value=cst.SimpleString(f'"{new}"'))
        return updated_node.with_changes(args=args)

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        """`__all__` lists definitions as strings."""
        if code_of(original_node.targets[0].target) not in {"__all__"}:
            return updated_node

        def rename(match: re.Match[str]) -> str:
            return f'"{self.table.new_name(f"{self.module}.{match[1]}") or match[1]}"'

        value = re.sub(r"[\"'](\w+)[\"']", rename, code_of(original_node.value))
        return updated_node.with_changes(value=cst.parse_expression(value))


def code_of(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node).strip()


def expression_of(dotted: str) -> cst.Attribute | cst.Name:
    node = cst.parse_expression(dotted)
    assert isinstance(node, cst.Attribute | cst.Name)
    return node


def rename_file(path: Path, table: Table) -> tuple[str, list[str]]:
    """The new text of a Python file, and names that may now mean two things in it."""
    text = path.read_text()
    renamer = Renamer(table, path)
    code = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True).visit(renamer).code
    before = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    before |= {node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.arg)}

    for old, new in renamer.changed:
        code = re.sub(rf"`{old}(?=[`(.\[])", f"`{new}", code)
        code = re.sub(rf'(?<=[:>] )"{old}(?=["\[ ])', f'"{new}', code)

    clashes = [
        f"{path.relative_to(ROOT)}: {old} -> {new}, which was there"
        for old, new in renamer.changed
        if new in before
    ]

    return code, clashes


def text_patterns(table: Table) -> list[tuple[re.Pattern[str], str]]:
    """Dotted names and paths of files, as they stand in texts, strings and comments."""
    swaps: dict[str, str] = {}

    for old, new in table.names.items():
        module, _, _ = old.rpartition(".")
        swaps[old] = f"{table.modules.get(module, module)}.{new}"

    for old, new in table.modules.items():
        swaps[old] = new
        a = old.replace(".", "/")
        b = new.replace(".", "/")
        swaps[f"{a}.py"] = f"{b}.py"
        swaps[f"{a.removeprefix('waywiser/')}.py"] = f"{b.removeprefix('waywiser/')}.py"

    ordered = sorted(swaps.items(), key=lambda item: -len(item[0]))
    pattern = re.compile(
        r"(?<![\w./])(src/)?(" + "|".join(re.escape(old) for old, _ in ordered) + r")(?!\w)"
    )

    return [(pattern, "")] if not ordered else [(pattern, swaps)]  # type: ignore[list-item]


def swap_texts(text: str, patterns: list) -> str:
    for pattern, swaps in patterns:
        text = pattern.sub(lambda match: (match[1] or "") + swaps[match[2]], text)
    return text


def job(arguments: tuple[Path, Table]) -> tuple[Path, str, list[str]]:
    path, table = arguments
    try:
        code, clashes = rename_file(path, table)
    except Exception as error:
        return path, path.read_text(), [f"{path}: {type(error).__name__}: {error}"]
    return path, swap_texts(code, text_patterns(table)), clashes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument(
        "--only", nargs="+", type=Path, help="files to rename in, without any moves"
    )
    arguments = parser.parse_args()
    table = read_table(arguments.tables)

    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        text=True,
        check=True,
        capture_output=True,
    )

    files = [ROOT / line for line in tracked.stdout.splitlines() if (ROOT / line).is_file()]
    code = [
        p
        for p in files
        if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in CODE and p != Path(__file__)
    ]

    if arguments.only:
        only = {path.resolve() for path in arguments.only}
        code = [p for p in code if p.resolve() in only]
        files = [p for p in files if p.resolve() in only]

    texts = [
        p
        for p in files
        if any(fnmatch.fnmatch(p.name, glob) for glob in TEXTS)
        and "tests/data" not in str(p)
        and not p.name.startswith("rename")
    ]

    with ProcessPoolExecutor(2) as pool:
        for path, text, clashes in pool.map(job, [(p, table) for p in code], chunksize=8):
            print(*clashes, sep="\n", end="\n" if clashes else "")
            if not arguments.dry_run and text != path.read_text():
                path.write_text(text)

    if arguments.dry_run:
        return

    patterns = text_patterns(table)

    for path in texts:
        text = path.read_text()
        new = swap_texts(text, patterns)
        if new != text:
            path.write_text(new)

    if not arguments.only:
        for old, new in table.modules.items():
            move(old, new)


def move(old: str, new: str) -> None:
    """Move a module's file, and give new packages their `__init__`."""
    source = ROOT / "src" / Path(*old.split("."))
    target = ROOT / "src" / Path(*new.split("."))

    if source.with_suffix(".py").exists():
        source = source.with_suffix(".py")
        target = target.with_suffix(".py")

    target.parent.mkdir(parents=True, exist_ok=True)
    init = target.parent / "__init__.py"
    if not init.exists():
        init.touch()
        subprocess.run(["git", "add", str(init)], cwd=ROOT, check=True)

    subprocess.run(["git", "mv", str(source), str(target)], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
