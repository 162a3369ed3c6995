"""Columns of other writers (pandas, polars, `datasets`) as the types of our schema."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from waywiser.errors import DatasetError


def cast_column(column: Any, field: pa.Field, path: Path) -> Any:
    """A column (array or chunked) as the type of `field`.

    Writers differ in how they store text (large_string, string_view, dictionary), lists and numbers; what means the
    same is cast. Raises DatasetError, naming the column, for one that means something else.
    """
    if column.type.equals(field.type):
        return column
    check_type(column.type, field, path)
    try:
        return column.cast(field.type)
    except (pa.ArrowException, ValueError):
        pass  # some pairs have no cast of Arrow's own, such as structs of other fields

    try:
        return pa.array(column.to_pylist(), field.type)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise DatasetError(f"{path}: column {field.name!r} is {column.type}, not {field.type}") from error


def check_type(found: pa.DataType, field: pa.Field, path: Path) -> None:
    """Raise DatasetError, naming the column, for a type that means something else than `field`."""
    alike = is_images(found) if field.name == "images" else _alike(found, field.type)
    if not alike:
        raise DatasetError(f"{path}: column {field.name!r} is {found}, not {field.type}")


def is_images(kind: pa.DataType) -> bool:
    """Whether a type is a list of structs with `bytes`, as `datasets` stores pictures."""
    if not _is_list(kind):
        return False
    value = kind.value_type
    return pa.types.is_struct(value) and value.get_field_index("bytes") >= 0


def _alike(found: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_null(found):
        return True
    if pa.types.is_dictionary(found):
        found = found.value_type
    if _is_text(wanted):
        return _is_text(found)
    if pa.types.is_integer(wanted) or pa.types.is_floating(wanted):
        return pa.types.is_integer(found) or pa.types.is_floating(found)
    if _is_list(wanted):
        return _is_list(found) and _alike(found.value_type, wanted.value_type)
    if pa.types.is_struct(wanted):
        return pa.types.is_struct(found) and all(
            found.get_field_index(field.name) < 0 or _alike(found.field(field.name).type, field.type)
            for field in wanted
        )
    return False


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _is_list(kind: pa.DataType) -> bool:
    return (
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_list_view(kind)
        or pa.types.is_large_list_view(kind)
    )
