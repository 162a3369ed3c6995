"""The cache of replies, where curation had it first: `waywiser.clients.cache.ReplyCache`."""

from waywiser.clients.cache import ReplyCache

__all__ = ["ReplyCache"]
