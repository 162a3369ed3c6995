"""A hub on this machine: as much of its protocol as huggingface_hub needs to push, list and fetch.

Repositories live in memory as commits of whole files. Large files go by git-lfs's batch protocol,
small ones inside the commit, as the hub has it.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_secretTokenOfTheTests"
USER = "tester"
_LARGE = (".safetensors", ".parquet", ".mp4", ".bin")
Files = dict[str, bytes]


@dataclass
class Repository:
    """Commits by hash, branches by name; `gated` and `private` ones are shown to nobody without a
    token.
    """

    commits: dict[str, Files] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    private: bool = False
    gated: bool = False

    def commit(self, files: Files, branch: str = "main") -> str:
        parent = self.branches.get(branch, "")
        listing = sorted(
            (path, hashlib.sha1(content).hexdigest()) for path, content in files.items()
        )
        sha = hashlib.sha1(json.dumps([parent, listing]).encode()).hexdigest()
        self.commits[sha] = dict(files)
        self.branches[branch] = sha
        return sha

    def resolve(self, revision: str) -> str | None:
        return self.branches.get(revision) or (revision if revision in self.commits else None)


class Hub:
    """What the server holds, and every request that it was sent; `refuse` answers all writes with
    (status, words).
    """

    def __init__(self) -> None:
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.objects: Files = {}
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.refuse: tuple[int, str] | None = None
        self.address = ""

    def add(self, name: str, files: Files, kind: str = "models", **options: Any) -> Repository:
        repository = self.repositories[kind, name] = Repository(**options)
        repository.commit(files)
        return repository

    def files(self, name: str, kind: str = "models", branch: str = "main") -> Files:
        repository = self.repositories[kind, name]
        return repository.commits[repository.branches[branch]]


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._get()

    def do_GET(self) -> None:
        self._get()

    def do_PUT(self) -> None:
        path, body = self._start()
        if self._refused():
            return
        self.hub.objects[path.rpartition("/")[2]] = body
        self._json({})

    def do_POST(self) -> None:
        path, body = self._start()
        if self._refused():
            return

        parts = self._parts()
        if path == "/api/validate-yaml":
            self._json({"errors": [], "warnings": []})
        elif path == "/api/repos/create":
            self._create(json.loads(body))
        elif path.endswith(".git/info/lfs/objects/batch"):
            self._batch(json.loads(body))
        elif parts[0] == "api" and len(parts) > 4:
            self._write(parts, body)
        else:
            self._error(404, "EntryNotFound", path)

    def _start(self) -> tuple[str, bytes]:
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append(f"{self.command} {path}")
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self._chunks()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.hub.bodies.append(body)
        return path, body

    def _parts(self) -> list[str]:
        """Of the path; a revision with a slash is one part."""
        return [unquote(part) for part in urlsplit(self.path).path.strip("/").split("/")]

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().strip(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _refused(self) -> bool:
        if self.hub.refuse is not None:
            status, words = self.hub.refuse
            self._error(status, "", words)
        elif not self._known() and not self.path.startswith("/lfs/"):
            self._error(401, "", "Invalid credentials in Authorization header")
        else:
            return False
        return True

    def _create(self, asked: dict[str, Any]) -> None:
        name = f"{asked.get('organization') or USER}/{asked['name']}"
        kind = f"{asked.get('type') or 'model'}s"
        url = self._url(kind, name)
        if (kind, name) in self.hub.repositories:
            self._json({"error": "You already created this repo", "url": url}, 409)
            return

        private = asked.get("visibility") == "private" or bool(asked.get("private"))
        self.hub.add(name, {".gitattributes": b"* text"}, kind, private=private)
        self._json({"url": url, "name": name})

    def _url(self, kind: str, name: str) -> str:
        return "/".join([self.hub.address, *([] if kind == "models" else [kind]), name])

    def _batch(self, asked: dict[str, Any]) -> None:
        objects = []
        for entry in asked["objects"]:
            upload = {"href": f"{self.hub.address}/lfs/{entry['oid']}"}
            there = entry["oid"] in self.hub.objects
            objects.append({**entry, **({} if there else {"actions": {"upload": upload}})})
        self._json({"transfer": "basic", "objects": objects})

    def _write(self, parts: list[str], body: bytes) -> None:
        _, kind, owner, name, verb, *rest = parts
        repository = self.hub.repositories.get((kind, f"{owner}/{name}"))
        branch = "/".join(rest)
        if repository is None:
            self._error(404, "RepoNotFound", "Repository not found")
        elif verb == "preupload":
            self._preupload(json.loads(body))
        elif verb == "paths-info":
            self._paths(repository, branch, body)
        elif verb == "branch" and branch in repository.branches:
            self._error(409, "", "Reference already exists")
        elif verb == "branch":
            start = json.loads(body or b"{}").get("startingPoint", "main")
            repository.branches[branch] = repository.branches[start]
            self._json({})
        elif branch not in repository.branches:
            self._error(404, "RevisionNotFound", "Invalid rev id")
        else:
            url = self._url(kind, f"{owner}/{name}")
            self._commit(repository, branch, body, url)

    def _paths(self, repository: Repository, revision: str, body: bytes) -> None:
        files = repository.commits[repository.resolve(revision) or ""]
        try:
            asked = json.loads(body)["paths"]
        except ValueError:
            asked = parse_qs(body.decode())["paths"]
        entries = {entry["path"]: entry for entry in _tree(files, "", recursive=True)}
        self._json([entries[path] for path in asked if path in entries])

    def _preupload(self, asked: dict[str, Any]) -> None:
        modes = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["path"].endswith(_LARGE) else "regular",
                "shouldIgnore": False,
            }
            for file in asked["files"]
        ]
        self._json({"files": modes})

    def _commit(self, repository: Repository, branch: str, body: bytes, url: str) -> None:
        files = dict(repository.commits[repository.branches[branch]])
        for line in body.splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                files[value["path"]] = self.hub.objects[value["oid"]]
            elif entry["key"] == "deletedFile":
                del files[value["path"]]
        sha = repository.commit(files, branch)
        self._json({"commitUrl": f"{url}/commit/{sha}", "commitOid": sha, "success": True})

    def _get(self) -> None:
        path, _ = self._start()
        parts = self._parts()
        kind = parts.pop(0) if parts[0] in ("datasets", "models") else "models"
        if path == "/api/whoami-v2" and self._known():
            self._json({"name": USER, "type": "user"})
        elif path == "/api/whoami-v2":
            self._error(401, "", "Invalid credentials in Authorization header")
        elif parts[0] == "api" and len(parts) > 3:
            self._read(parts[1], "/".join(parts[2:4]), parts[4:])
        elif len(parts) > 4 and parts[2] == "resolve":
            self._file(kind, "/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self._error(404, "EntryNotFound", path)

    def _found(self, kind: str, name: str, revision: str) -> tuple[Repository, str] | None:
        repository = self.hub.repositories.get((kind, name))
        if repository is None or (repository.private and not self._known()):
            self._error(401 if not self._known() else 404, "RepoNotFound", "Repository not found")
        elif repository.gated and not self._known():
            self._error(401, "GatedRepo", f"Access to model {name} is restricted")
        elif (sha := repository.resolve(revision)) is None:
            self._error(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        else:
            return repository, sha
        return None

    def _read(self, kind: str, name: str, rest: list[str]) -> None:
        verb, revision = (rest[0], "/".join(rest[1:2])) if rest else ("revision", "main")
        found = self._found(kind, name, revision or "main")
        if found is None:
            return

        repository, sha = found
        files = repository.commits[sha]
        if verb == "tree":
            query = parse_qs(urlsplit(self.path).query)
            recursive = query.get("recursive", [""])[0] in ("True", "true", "1")
            self._json(_tree(files, "/".join(rest[2:]), recursive))
        elif verb == "refs":
            branches = [
                {"name": branch, "ref": f"refs/heads/{branch}", "targetCommit": commit}
                for branch, commit in repository.branches.items()
            ]
            self._json({"branches": branches, "tags": [], "converts": []})
        else:
            siblings = [{"rfilename": path} for path in sorted(files)]
            shown = {"id": name, "sha": sha, "siblings": siblings, "tags": [], "disabled": False}
            state = {"private": repository.private, "gated": repository.gated}
            self._json({**shown, **state, "downloads": 0, "likes": 0})

    def _file(self, kind: str, name: str, revision: str, path: str) -> None:
        found = self._found(kind, name, revision)
        if found is None:
            return

        repository, sha = found
        content = repository.commits[sha].get(path)
        if content is None:
            self._error(404, "EntryNotFound", "Entry not found")
            return

        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").split("-")[0])
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Repo-Commit": sha}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._send(206 if start else 200, content[start:], "application/octet-stream", headers)

    def _json(self, value: Any, status: int = 200) -> None:
        self._send(status, json.dumps(value).encode(), "application/json", {})

    def _error(self, status: int, code: str, words: str) -> None:
        headers = {"X-Error-Message": words, **({"X-Error-Code": code} if code else {})}
        self._send(status, json.dumps({"error": words}).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {
            **headers,
            "Content-Type": kind,
            "Content-Length": str(len(body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _tree(files: Files, under: str, recursive: bool) -> list[dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = {}
    for path, content in sorted(files.items()):
        if under and not path.startswith(f"{under}/"):
            continue
        folders = path[len(under) + 1 if under else 0 :].split("/")[:-1]
        for depth in range(1, (len(folders) if recursive else min(1, len(folders))) + 1):
            folder = "/".join(filter(None, [under, *folders[:depth]]))
            entries[folder] = {
                "type": "directory",
                "path": folder,
                "oid": _blob(folder.encode()),
                "size": 0,
            }
        if recursive or not folders:
            entries[path] = _entry(path, content)
    return list(entries.values())


def _entry(path: str, content: bytes) -> dict[str, Any]:
    size = len(content)
    entry: dict[str, Any] = {"type": "file", "path": path, "size": size, "oid": _blob(content)}
    if path.endswith(_LARGE):
        entry["lfs"] = {
            "oid": hashlib.sha256(content).hexdigest(),
            "size": size,
            "pointerSize": 130,
        }
    return entry


def _blob(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


@contextmanager
def serve_hub() -> Iterator[Hub]:
    """A hub at `hub.address`, on a free port, until the context ends."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
