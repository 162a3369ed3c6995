"""The client that curation asks with, by its earlier name: `waywiser.clients.chat.ChatClient`."""

from waywiser.clients.chat import MAX_BODY_BYTES, ChatClient

Teacher = ChatClient
__all__ = ["MAX_BODY_BYTES", "Teacher"]
