"""The typed inputs that an answer is computed from, and which of them are ids of objects."""

from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict


class _ObjectIdMark:
    """Marks the inputs that are ids of objects."""


ObjectId = Annotated[int, _ObjectIdMark()]
"""The id of an object of the scene: an input so annotated is followed by the filter of scans and
drawn on the audit's page.
"""


class TaskInputs(BaseModel):
    """What a question's answer is computed from: stored with the sample, and read back as typed.

    Fields are stored in the order in which they are declared; None is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def object_ids(self) -> tuple[int, ...]:
        """Ids in the fields that are annotated with `ObjectId`, in order and without repeats."""
        ids: dict[int, None] = {}

        for name in _object_id_fields(type(self)):
            value = getattr(self, name)
            values = value if isinstance(value, tuple) else (value,)
            ids |= dict.fromkeys(i for i in values if isinstance(i, int))

        return tuple(ids)

    def to_dict(self) -> dict[str, Any]:
        """The inputs as plain data, as they are stored."""
        return self.model_dump(mode="json", exclude_none=True)


@cache
def _object_id_fields(inputs: type[TaskInputs]) -> tuple[str, ...]:
    hints = get_type_hints(inputs, include_extras=True)
    return tuple(name for name in inputs.model_fields if _is_object_id(hints[name]))


def _is_object_id(hint: Any) -> bool:
    """Whether a type is `ObjectId` or is made with it."""
    if any(isinstance(mark, _ObjectIdMark) for mark in getattr(hint, "__metadata__", ())):
        return True
    return any(_is_object_id(part) for part in get_args(hint))
