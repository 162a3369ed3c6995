"""Which exceptions mean that weights could not be written, as on a full disk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from waywiser.errors import DatasetError, TrainingError, error_text

WRITE_ERRORS = (
    OSError,
    SafetensorError,
    DatasetError,
    RuntimeError,
)  # torch's writer raises the last, and more


def is_write_error(error: BaseException) -> bool:
    """Whether one of `WRITE_ERRORS` is about writing: torch raises RuntimeError for much else."""
    return (
        not isinstance(error, RuntimeError)
        or "PytorchStreamWriter" in str(error)
        or "inline_container" in str(error)
    )


@contextmanager
def explain_write_errors(path: Path, last_checkpoint: Callable[[], object]) -> Iterator[None]:
    """Turn what writing a model to `path` raises into one line that says where to go on from.

    Raises:
        TrainingError: The model could not be written.
    """
    try:
        yield
    except WRITE_ERRORS as error:
        if not is_write_error(error):
            raise

        raise TrainingError(
            f"the model could not be written to {path} ({error_text(error, 160, '...')}): free"
            f" some space and go on with --resume from {last_checkpoint()}"
        ) from error
