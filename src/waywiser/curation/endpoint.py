"""The client that curation asks with, by its earlier name: `waywiser.clients.chat.ChatClient`."""

from waywiser.clients.chat import LARGEST_BODY, ChatClient

Teacher = ChatClient
__all__ = ["LARGEST_BODY", "Teacher"]
