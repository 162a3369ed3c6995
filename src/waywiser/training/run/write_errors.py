"""Which exceptions mean that weights could not be written, as on a full disk."""

from safetensors import SafetensorError

from waywiser.errors import DatasetError

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
