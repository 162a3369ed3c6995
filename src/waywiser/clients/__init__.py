"""One chat client for every OpenAI-compatible server: teachers, judges and evaluated models.

`requests` builds requests, `replies` parses what comes back, `parameters` adapts parameter names to
a server, and `chat` sends requests. Only `chat` needs the extra `curate`.
"""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.clients.cache import ReplyCache as ReplyCache
    from waywiser.clients.chat import ChatClient as ChatClient
    from waywiser.clients.config import EndpointConfig as EndpointConfig
    from waywiser.clients.parameters import Parameters as Parameters
    from waywiser.clients.replies import read_reply as read_reply
    from waywiser.clients.replies import strip_thinking as strip_thinking
    from waywiser.clients.requests import Failure as Failure
    from waywiser.clients.requests import Reply as Reply
    from waywiser.clients.requests import ReplyOrFailure as ReplyOrFailure
    from waywiser.clients.requests import Request as Request
    from waywiser.clients.requests import sample_seeds as sample_seeds

_ORIGINS = {
    "ChatClient": "waywiser.clients.chat.ChatClient",
    "EndpointConfig": "waywiser.clients.config.EndpointConfig",
    "Failure": "waywiser.clients.requests.Failure",
    "ReplyOrFailure": "waywiser.clients.requests.ReplyOrFailure",
    "Parameters": "waywiser.clients.parameters.Parameters",
    "Reply": "waywiser.clients.requests.Reply",
    "ReplyCache": "waywiser.clients.cache.ReplyCache",
    "Request": "waywiser.clients.requests.Request",
    "read_reply": "waywiser.clients.replies.read_reply",
    "sample_seeds": "waywiser.clients.requests.sample_seeds",
    "strip_thinking": "waywiser.clients.replies.strip_thinking",
}

__all__ = [
    "ChatClient",
    "EndpointConfig",
    "Failure",
    "Parameters",
    "Reply",
    "ReplyCache",
    "ReplyOrFailure",
    "Request",
    "read_reply",
    "sample_seeds",
    "strip_thinking",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
