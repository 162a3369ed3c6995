"""Typer commands that accept recipe keys as flags, dashes or underscores, and options whose value
may be left out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from waywiser.errors import RecipeError


def with_dashes(name: str) -> str:
    """A flag or a command as it is registered: `max_new_tokens` is `max-new-tokens`."""
    return name.replace("_", "-")


def choices(*names: str) -> dict[str, Any]:
    """Settings of a `typer.Option` that shows and completes `names`.

    What reads the option refuses other names, in one line that names these.
    """
    return {
        "metavar": f"[{'|'.join(names)}]",
        "autocompletion": lambda incomplete: [n for n in names if n.startswith(incomplete)],
    }


def is_given(context: typer.Context, name: str) -> bool:
    """Whether a parameter of a command was given on the command line, not by its default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def refuse_unused(context: typer.Context, names: Sequence[str], reason: str) -> None:
    """Raises RecipeError, "--name REASON", for the first of `names` that is given but unused."""
    for name in names:
        if is_given(context, name):
            raise RecipeError(f"--{with_dashes(name)} {reason}")


class RecipeCommand(TyperCommand):
    """A command whose flags are its own options and every key of its recipe.

    The flags of keys, with their values, become `context.args`, wherever they stand. `--keys` may
    be followed by a prefix, and in commands with `--json-out` the old form `--json PATH` means it.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        options = {
            flag: param
            for param in self.get_params(ctx)
            if param.param_type_name == "option"
            for flag in (*param.opts, *param.secondary_opts)
        }

        words, own, keys = list(args), [], []
        takes_keys = "--keys" in options

        while words:
            word = words.pop(0)
            flag, equals, value = word.partition("=")
            flag = with_dashes(flag)
            following = words[0] if words and not words[0].startswith("-") else None

            if word == "--":
                own += [word, *words]
                break
            if flag == "--keys" and takes_keys and not equals:
                is_prefix = following is not None and not following.endswith((".yaml", ".yml"))
                own.append(f"--keys={words.pop(0) if is_prefix else ''}")
            elif flag == "--json" and "--json-out" in options:
                if equals or _is_file_name(following):
                    own += ["--json-out", value if equals else words.pop(0)]
                else:
                    own.append(word)
            elif takes_keys and word.startswith("--") and len(word) > 2 and flag not in options:
                keys.append(word)
                if not equals and words and not words[0].startswith("--"):
                    keys.append(words.pop(0))
            else:
                own.append(word)
                if (
                    flag in options
                    and not equals
                    and not getattr(options[flag], "is_flag", False)
                    and words
                ):
                    own.append(words.pop(0))

        super().parse_args(ctx, own)
        ctx.args = [*keys, *ctx.args]
        return ctx.args


def _is_file_name(word: str | None) -> bool:
    """Whether the word after `--json` is a file to write, not the dataset that a command reads."""
    return word is not None and not Path(word).is_dir()
