"""Typer commands that accept recipe keys as flags, dashes or underscores, and options whose value
may be left out.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from waywiser.errors import RecipeError

_TRUTH_VALUES = ("true", "false", "yes", "no", "on", "off", "1", "0")


def with_dashes(name: str) -> str:
    """A flag or a command as it is registered: `max_new_tokens` is `max-new-tokens`."""
    return name.replace("_", "-")


def expand_home(word: str) -> str:
    """`--flag=~/x` with the home folder, as shells expand `~/x` where it is a word of its own."""
    flag, equals, value = word.partition("=")
    is_in_home = flag.startswith("--") and value.startswith("~/")
    return f"{flag}{equals}{Path(value).expanduser()}" if is_in_home else word


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

        switches = {flag for flag, param in options.items() if getattr(param, "is_flag", False)}
        valued = options.keys() - switches - {"--keys"}
        words, own, keys = list(args), [], []
        takes_keys = "--keys" in options

        while words:
            word = words.pop(0)
            flag, equals, value = word.partition("=")
            flag = with_dashes(flag)
            following = words[0] if words and not words[0].startswith("-") else None

            if flag in ("--json", *switches) and equals and value.lower() in _TRUTH_VALUES:
                raise RecipeError(f"{flag} takes no value: write {flag} alone, or leave it out")
            if flag in valued and not equals and _is_flag(words, options):
                raise RecipeError(f"{flag} needs a value, and {words[0]} is another option")

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
            elif takes_keys and re.fullmatch(r"-[a-zA-Z].*", word) and word != "-h":
                raise RecipeError(f"there is no option {word}; options are written --key value")
            else:
                own.append(word)
                if flag in valued and not equals and words:
                    own.append(words.pop(0))

        super().parse_args(ctx, own)
        ctx.args = [*keys, *ctx.args]
        return ctx.args


def _is_flag(words: Sequence[str], options: Mapping[str, Any]) -> bool:
    """Whether the next word is an option of the command, and so no value of the one before it."""
    return bool(words) and with_dashes(words[0].partition("=")[0]) in options


def _is_file_name(word: str | None) -> bool:
    """Whether the word after `--json` is a file to write, not the dataset that a command reads."""
    return word is not None and not Path(word).is_dir()
