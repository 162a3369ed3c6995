"""One exception class per kind of input.

Each error is also a standard exception, so code that knows nothing of waywiser can still catch it.
A message is one line: what is wrong, then what to do. The command line prints it and exits 2.
"""


class WaywiserError(Exception):
    """A request that cannot be met. Bad *items* are recorded as data and never raise this."""


class AssetsError(WaywiserError, ValueError):
    """Furniture that is missing, unreadable or unusable."""


class SceneError(WaywiserError, ValueError):
    """A scene that cannot be built, read or rendered."""


class DatasetError(WaywiserError, ValueError):
    """A dataset folder or row that is missing, truncated or of another shape."""


class ModelError(WaywiserError, ValueError):
    """A model folder or an input image that cannot be loaded."""


class MediaError(ModelError, DatasetError):
    """A picture or video that is missing, damaged or not an image or video, in a dataset's row or
    in a model's input.
    """


class HubError(WaywiserError, RuntimeError):
    """A hub that cannot be reached or does not take what is pushed. A model that it does not give
    is a ModelError.
    """


class RecipeError(WaywiserError, ValueError):
    """A recipe or command-line option that is unknown, wrong-typed or out of range."""


class TrainingError(WaywiserError, RuntimeError):
    """A training run that cannot start or must stop."""


class VerifierError(WaywiserError, RuntimeError):
    """The workers that compare expressions cannot run here. An answer that exceeds the limits is a
    verdict, not an error.
    """


class ChatClientError(WaywiserError, RuntimeError):
    """An endpoint that cannot be used, or a cap on its cost that is reached. A bad reply is data,
    not this.
    """


TeacherError = ChatClientError
"""The name until 0.1, for code that catches it."""


class EndpointError(ChatClientError):
    """An endpoint that does not answer, or that refuses everything it is asked: commands exit 1,
    not 2.
    """


def error_text(error: BaseException, limit: int | None = None, ending: str = "") -> str:
    """What an error says, in one line; its class if it says nothing.

    Args:
        error: Any exception, also one of another package.
        limit: Maximum number of characters; None for all.
        ending: Appended where the text is cut; counts toward `limit`.
    """
    text = " ".join(str(error).split()) or type(error).__name__
    if limit is None or len(text) <= limit:
        return text

    return text[: limit - len(ending)] + ending
