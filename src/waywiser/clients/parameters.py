"""`Parameters`: requests to servers that expect other parameter names than ours."""

import json
from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from waywiser.json_types import JsonObject

SENT_PARAMETERS = ("temperature", "top_p", "max_tokens", "seed", "response_format")
"""Parameters that a request may carry in addition to its model and messages."""
_RESERVED_NAMES = ("model", "messages", "n")
"""Names that users may not set: the content of a request, and `n`, since only one reply is read."""


class Parameters(BaseModel):
    """Adapts request parameters to a server. Conflicting settings for a parameter are an error.

    Example:
        >>> Parameters(rename={"max_tokens": "max_completion_tokens"}).apply({"max_tokens": 64})
        {'max_completion_tokens': 64}
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    rename: dict[str, str] = {}
    """Our name of a parameter (one of `SENT_PARAMETERS`) -> the name to send it under."""
    drop: list[str] = []
    """Parameters of `SENT_PARAMETERS` that are not sent."""
    add: JsonObject = {}
    """Further parameters to send; values may be nested."""

    @field_validator("add")
    @classmethod
    def _check_json(cls, value: JsonObject) -> JsonObject:
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ValueError(f"add holds what JSON cannot: {error}") from None
        return value

    @model_validator(mode="after")
    def _check_consistent(self) -> "Parameters":
        for name in (*self.rename, *self.drop):
            if name not in SENT_PARAMETERS:
                raise ValueError(
                    f"{name!r} is not sent: only {', '.join(SENT_PARAMETERS)} can be renamed or"
                    " dropped"
                )

        if in_both := sorted({*self.rename} & {*self.drop}):
            raise ValueError(f"{in_both[0]} is both renamed and dropped")

        sent_names = {
            name for name in SENT_PARAMETERS if name not in self.rename and name not in self.drop
        }
        renamed_from: dict[str, str] = {}

        for old, new in self.rename.items():
            if not new or new in _RESERVED_NAMES:
                raise ValueError(f"{old} cannot be renamed to {new!r}")

            if new in sent_names:
                raise ValueError(
                    f"{old} cannot be renamed to {new}, which is sent too: drop {new} as well"
                )

            if new in renamed_from:
                raise ValueError(f"{renamed_from[new]} and {old} are both renamed to {new}")

            renamed_from[new] = old

        for name, value in self.add.items():
            if not name or name in _RESERVED_NAMES or (name == "stream" and value is not False):
                raise ValueError(f"{name!r} cannot be added")

            if name in renamed_from:
                raise ValueError(
                    f"{name} is added, and {renamed_from[name]} is renamed to it: give it once"
                )

            if name in sent_names:
                raise ValueError(
                    f"{name} is added, and sent already: set its own key, or drop it too"
                )

        return self

    def apply(self, body: Mapping[str, Any]) -> JsonObject:
        """The parameters of a request body under the names that the server expects."""
        renamed = {
            self.rename.get(name, name): value
            for name, value in body.items()
            if name not in self.drop
        }

        return renamed | self.add

    def cache_key_parts(self) -> list[Any]:
        """The settings that can change a reply, as plain data; renaming alone adds nothing."""
        return (
            [sorted(self.drop), json.dumps(self.add, sort_keys=True)]
            if self.drop or self.add
            else []
        )

    def to_yaml(self) -> str:
        """One line of YAML that can be pasted into a recipe or a flag."""
        values = self.model_dump(exclude_defaults=True)
        return yaml.safe_dump(
            values, default_flow_style=True, width=10_000, sort_keys=False
        ).strip()


DEFAULT_PARAMETERS = Parameters()
"""Parameters under the names of OpenAI's older models, which most servers know."""
