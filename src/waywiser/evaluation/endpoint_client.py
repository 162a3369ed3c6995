"""Questions with pictures to any OpenAI-compatible endpoint, by the client that curation asks with
too.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PIL import Image

from waywiser.clients.config import API_KEY_VARIABLE, EndpointConfig
from waywiser.clients.fix_suggestions import SettingNames
from waywiser.clients.parameters import DEFAULT_PARAMETERS, Parameters
from waywiser.clients.requests import Failure, Reply, ReplyOrFailure, Request
from waywiser.errors import EndpointError, ModelError, RecipeError
from waywiser.json_types import JsonObject

if TYPE_CHECKING:
    from waywiser.clients.chat import ChatClient

__all__ = ["API_KEY_VARIABLE", "Completion", "EndpointClient", "chat_messages"]
Tag = TypeVar("Tag")
_SETTING_NAMES = SettingNames("--parameters", "--max-new-tokens")


@dataclass(frozen=True, slots=True)
class Completion:
    """A reply; `cut` says that the server stopped it at the limit of tokens."""

    text: str
    cut: bool = False


class EndpointClient:
    """Asks one model of an OpenAI-compatible server, always at temperature 0."""

    def __init__(
        self,
        url: str,
        model: str,
        timeout: float = 120.0,
        attempts: int = 3,
        parameters: Parameters = DEFAULT_PARAMETERS,
        setting_names: SettingNames = _SETTING_NAMES,
    ) -> None:
        """Open a client.

        Args:
            url: The base address, which ends in /v1.
            model: The name by which the server knows the model.
            timeout: Seconds that one request may take.
            attempts: How often a failing request is sent in all.
            parameters: Request fields to rename, drop or add.
            setting_names: The flags for them, as errors name them.

        Raises:
            RecipeError: The client's libraries are not installed.
        """
        self.url = url
        self.model = model
        self.parameters = parameters
        config = EndpointConfig(url=url, model=model, timeout=timeout, attempts=attempts)
        self._client = _open_client(config, setting_names)

    def complete(
        self, text: str, images: Sequence[Image.Image] = (), *, max_tokens: int = 1024
    ) -> Completion:
        """The reply to one question.

        Raises:
            ModelError: All attempts failed; the message begins with the kind of the failure ("http
                500", "timeout", "unreachable", "nonsense", ...).
        """
        found: list[ReplyOrFailure] = []
        request = self.request(text, images, max_tokens=max_tokens)
        try:
            self.ask_all([(None, request)], lambda _, outcome: found.append(outcome))
        except EndpointError as error:
            failure = self._client.last_failure
            raise ModelError(failure.reason if failure else str(error)) from error

        if isinstance(found[0], Failure):
            raise ModelError(found[0].reason)

        return to_completion(found[0])

    def ask_all(
        self,
        requests: Iterable[tuple[Tag, Request]],
        on_outcome: Callable[[Tag, ReplyOrFailure], None],
    ) -> None:
        """Ask many at the same time and call `on_outcome(tag, outcome)` as they are answered.

        Raises EndpointError where the endpoint does not answer or refuses everything.
        """
        self._client.ask_all(requests, on_outcome, last=False)

    def no_reply_error(self) -> EndpointError | None:
        """The error that nothing was ever answered, and why; None if something was."""
        return self._client.no_reply_error()

    def request(
        self,
        text: str,
        images: Sequence[Image.Image] = (),
        *,
        max_tokens: int = 1024,
        system: str = "",
    ) -> Request:
        """A question with its images encoded, to be asked greedily.

        Args:
            text: The question.
            images: Its images.
            max_tokens: Token limit of the reply.
            system: A system prompt before the question; empty for none.

        Returns:
            The request, for `ask_all`.
        """
        return Request(
            model=self.model,
            text=text,
            system=system,
            images=tuple(map(_encode_png, images)),
            temperature=0,
            top_p=None,
            max_tokens=max_tokens,
            seed=None,
            parameters=self.parameters,
        )


def to_completion(reply: Reply) -> Completion:
    """A client's reply as a completion."""
    return Completion(reply.text, reply.finish == "length")


def chat_messages(
    text: str, images: Sequence[Image.Image] = (), system: str = ""
) -> list[JsonObject]:
    """Messages in OpenAI's form: `system`, if there is one, then the pictures as `data:` addresses
    and the text.
    """
    return Request("", text, system=system, images=tuple(map(_encode_png, images))).messages()


def _open_client(config: EndpointConfig, setting_names: SettingNames) -> "ChatClient":
    try:
        from waywiser.clients.chat import ChatClient
    except ModuleNotFoundError as error:
        raise RecipeError(
            f"{error.name} is not installed: pip install 'waywiser[curate]'"
        ) from error

    return ChatClient(config, None, setting_names)


def _encode_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
