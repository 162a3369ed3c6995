"""One chat client for every OpenAI-compatible server: teachers, judges and evaluated models.

`requests` builds requests, `replies` parses what comes back, `parameters` adapts parameter names to
a server, and `chat` sends requests. Only `chat` needs the extra `curate`.
"""
