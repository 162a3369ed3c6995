"""What `import waywiser` offers: these names, quickly, and with types that editors see."""

import ast
import inspect
import json
import subprocess
import sys
import textwrap
from importlib import import_module, resources
from pathlib import Path
from types import ModuleType

import pytest

import waywiser

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"

CLASSES = {
    "Answer",
    "AuditConfig",
    "ClipTask",
    "ClipView",
    "ImageTask",
    "Question",
    "QuestionGenerator",
    "RewardConfig",
    "Sample",
    "Scene",
    "SynthesisConfig",
    "Task",
    "Verdict",
    "View",
}
FUNCTIONS = {
    "ask",
    "audit_dataset",
    "evaluate",
    "get_task",
    "grade",
    "list_tasks",
    "load_dataset",
    "load_model",
    "load_plugin",
    "load_recipe",
    "make_reward_functions",
    "open_library",
    "register_task",
    "summarize",
    "synthesize",
    "train",
}
OTHERS = {"__version__"}


def run_python(code: str, cwd: Path = ROOT) -> str:
    """What a fresh interpreter prints that runs `code` on this source."""
    code = f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n{textwrap.dedent(code)}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_public_names_are_these() -> None:
    assert set(waywiser.__all__) == CLASSES | FUNCTIONS | OTHERS
    assert set(waywiser.__all__) <= set(dir(waywiser))


@pytest.mark.parametrize("name", sorted(CLASSES | FUNCTIONS))
def test_each_name_is_a_class_or_a_function(name: str) -> None:
    value = getattr(waywiser, name)
    assert inspect.isclass(value) == (name in CLASSES)
    assert inspect.isfunction(value) == (name in FUNCTIONS)
    assert value.__doc__


def test_a_task_is_about_pictures_or_about_clips() -> None:
    assert issubclass(waywiser.ImageTask, waywiser.Task)
    assert issubclass(waywiser.ClipTask, waywiser.Task)


def test_each_name_is_the_object_that_its_origin_defines() -> None:
    for name, origin in waywiser._ORIGINS.items():
        module, _, attribute = origin.rpartition(".")
        assert getattr(waywiser, name) is getattr(import_module(module), attribute), name


def told_origins(path: Path) -> dict[str, str]:
    """What the block for type checkers of a package's `__init__.py` imports, by public name."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for block in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_editors_are_told_the_same_origins() -> None:
    assert told_origins(SOURCE / "waywiser" / "__init__.py") == waywiser._ORIGINS


def test_a_training_recipe_is_loaded_by_its_stage() -> None:
    assert waywiser.load_recipe(ROOT / "recipes" / "sft_tiny.yaml").stage == "sft"
    assert waywiser.load_recipe(ROOT / "recipes" / "rlvr_tiny.yaml", ["--seed", "3"]).seed == 3


def test_grading_works_from_the_package_and_from_where_it_is_defined() -> None:
    gold = {"kind": "number", "value": 2.4, "unit": "m"}
    assert waywiser.grade("<answer>240 cm</answer>", gold).score == 1.0
    assert waywiser.answers.grade is waywiser.grade
    assert waywiser.models.load is waywiser.load_model


def test_importing_the_package_imports_nothing_heavy() -> None:
    found = run_python("""
        before = set(sys.modules)
        import waywiser
        waywiser.__version__, dir(waywiser)
        new = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(sorted(new - set(sys.stdlib_module_names)))
    """)
    assert found.strip() == "['waywiser']"


def test_grading_needs_no_torch() -> None:
    found = run_python("""
        import waywiser
        waywiser.grade("3", {"kind": "integer", "value": 3})
        print(sorted({"torch", "transformers", "trl"} & set(sys.modules)))
    """)
    assert found.strip() == "[]"


@pytest.mark.slow
def test_subpackages_and_public_names_are_found_without_being_imported_first() -> None:
    found = run_python("""
        import json
        import waywiser
        print(waywiser.audit.__name__, waywiser.rewards.__name__, callable(waywiser.train))
        import waywiser.training.train
        print(callable(waywiser.train), callable(waywiser.evaluate))

        names = {}
        exec("from waywiser import *", names)
        print(json.dumps(sorted(set(names) - {"__builtins__"})))
    """)
    *said, names = found.splitlines()
    assert said == ["waywiser.audit waywiser.rewards True", "True True"]
    assert json.loads(names) == sorted(waywiser.__all__)
    assert isinstance(waywiser.scenes, ModuleType)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'Sampel': did you mean 'Sample'\?"):
        waywiser.Sampel  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'xyzzy': it has Answer, .*train"):
        waywiser.xyzzy  # noqa: B018
    with pytest.raises(ImportError):
        from waywiser import synthesise  # noqa: F401
    assert not hasattr(waywiser, "__wrapped__")


def test_the_package_says_that_it_is_typed() -> None:
    assert resources.files("waywiser").joinpath("py.typed").is_file()


def test_pyright_sees_the_types(tmp_path: Path) -> None:
    pytest.importorskip("pyright")
    (tmp_path / "use.py").write_text(
        "import waywiser\n"
        'reveal_type(waywiser.grade("x", {"kind": "integer", "value": 3}).score)\n'
        'reveal_type(waywiser.load_dataset("rooms"))\n'
        'waywiser.grade("x", gold="3")\n'
        "waywiser.Sampel\n"
    )
    settings = {"include": ["use.py"], "extraPaths": [str(SOURCE)], "typeCheckingMode": "standard"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))

    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    said = [item["message"] for item in json.loads(done.stdout)["generalDiagnostics"]]

    for end in ('is "float"', 'is "Iterator[Sample]"', 'No parameter named "gold"'):
        assert any(message.endswith(end) for message in said), said
    assert any(
        '"Sampel" is not a known attribute of module "waywiser"' in message for message in said
    ), said


@pytest.mark.slow
def test_the_lines_of_the_docstring_are_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = textwrap.dedent((waywiser.__doc__ or "").partition("\n\n")[2].partition("\n\n")[2])
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    findings, score = capsys.readouterr().out.split()
    assert findings == "[]"
    assert score in ("0.0", "1.0")


FACES = [name.name for name in (SOURCE / "waywiser").iterdir() if (name / "__init__.py").is_file()]


@pytest.mark.parametrize("package", sorted(set(FACES) - {"cli"}))
def test_every_package_has_a_face(package: str) -> None:
    """Its public names are listed, each is there, and none hides behind a submodule's name."""
    face = import_module(f"waywiser.{package}")
    folder = SOURCE / "waywiser" / package

    assert face.__doc__
    assert face.__all__
    assert set(face.__all__) <= set(dir(face))

    for name in face.__all__:
        value = getattr(face, name)
        assert not isinstance(value, ModuleType), name
    if hasattr(face, "_ORIGINS"):
        assert set(face._ORIGINS) == set(face.__all__)
        assert not {path.stem for path in folder.iterdir()} & set(face.__all__)


def test_the_faces_tell_editors_what_they_bring() -> None:
    for package in FACES:
        path = SOURCE / "waywiser" / package / "__init__.py"
        face = import_module(f"waywiser.{package}")
        if hasattr(face, "_ORIGINS"):
            assert told_origins(path) == face._ORIGINS, package


def test_a_package_without_models_is_imported_without_torch() -> None:
    printed = run_python("""
        import waywiser
        for package in ("tasks", "scenes", "dataset", "audit", "curation", "report", "clients"):
            module = getattr(waywiser, package)
            [getattr(module, name) for name in module.__all__ if name != "ChatClient"]
        print(sorted({"torch", "transformers", "trl"} & set(sys.modules)))
    """)
    assert printed.strip() == "[]"


def test_requests_that_need_no_model_import_no_torch(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("stage: sft\nmax_step: 3\n")
    printed = run_python(
        """
        from waywiser.cli import main
        codes = [main(["report", "."]), main(["train", "bad.yaml"]), main(["train", "--keys"])]
        print(codes, sorted({"torch", "transformers", "trl"} & set(sys.modules)))
        """,
        cwd=tmp_path,
    )
    assert printed.splitlines()[-1] == "[2, 2, 0] []"


def test_a_face_refuses_an_unknown_name_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"'waywiser.scenes' .*'Scens': did you mean 'Scene'"):
        waywiser.scenes.Scens  # noqa: B018
