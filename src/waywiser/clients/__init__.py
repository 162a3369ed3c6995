"""One chat client for every OpenAI-compatible server: the teacher, the judge, the model that is
evaluated.

`requests` says what is asked, `replies` what came back, `parameters` how a server wants its
parameters named, and `chat` asks. Only `chat` needs the extra `curate`.
"""
