"""The command line: thin commands over the library, one clear line for every error.

Each module registers its commands on `app`; `--help` lists them in the order of import.
"""

import sys
import warnings
from contextlib import suppress
from typing import Any

import typer

# isort: off
from waywiser.cli import (  # noqa: F401 (the order of the help)
    synthesis,
    data,
    new_task,
    user_data,
    scans,
    blender,
    curation,
    training,
    models,
    evaluation,
    grading,
    reports,
    hub,
)

# isort: on
from waywiser.cli._app import EXIT_BAD_REQUEST, EXIT_CHECK_FAILED, EXIT_INTERRUPTED, app
from waywiser.cli._command import expand_home
from waywiser.errors import EndpointError, WaywiserError, error_text

# typer carries its own click, and exports only the subclass.
UsageError: Any = typer.BadParameter.__mro__[1]


def _print_error(message: str, code: int = EXIT_BAD_REQUEST) -> int:
    with suppress(OSError):  # nobody may be listening, and the code still says it
        typer.echo(f"waywiser: {message}", err=True)
    return code


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns 0 done, 1 a check failed, 2 bad request, 130 interrupted."""
    # Deprecations inside the trainers are for us to follow, not for those who train.
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"(transformers|trl|torch)\.")

    try:
        words = sys.argv[1:] if arguments is None else arguments
        code = app(
            args=[expand_home(word) for word in words], prog_name="waywiser", standalone_mode=False
        )
    except (KeyboardInterrupt, typer.Abort):
        return _print_error("interrupted; run the same command again to go on", EXIT_INTERRUPTED)
    except WaywiserError as error:
        code = EXIT_CHECK_FAILED if isinstance(error, EndpointError) else EXIT_BAD_REQUEST
        return _print_error(error_text(error), code)
    except UsageError as error:
        text = error.format_message()

        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(text)
            return EXIT_BAD_REQUEST

        return _print_error(" ".join(text.split()))
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] == "waywiser":
            raise

        return _print_error(f"{error.name} is not installed; pip install 'waywiser[train]'")
    except OSError as error:  # a full disk, a folder without permission, a file in the way
        where = f": {error.filename}" if error.filename else ""
        return _print_error(
            f"{error.strerror or error_text(error)}{where}; free space or choose another folder"
        )

    if code == EXIT_INTERRUPTED:  # typer makes this of Ctrl-C, without a word
        return _print_error("interrupted; run the same command again to go on", EXIT_INTERRUPTED)

    return int(code or 0)


def run() -> None:
    """Entry point of the `waywiser` script."""
    sys.exit(main())
