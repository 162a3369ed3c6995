"""Cast columns of other writers (pandas, polars, `datasets`) to the types of our schema."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from waywiser.errors import DatasetError


def cast_column(column: Any, field: pa.Field, path: Path) -> Any:
    """Cast a column (array or chunked array) to the type of `field`.

    Writers differ in how they store text (large_string, string_view, dictionary), lists and
    numbers; types with the same meaning are cast.

    Args:
        column: The column as it was read.
        field: Name and type of the column in our schema.
        path: The file, for error messages.

    Raises:
        DatasetError: The column's type has another meaning, or a value cannot be cast.
    """
    if column.type.equals(field.type):
        return column

    check_column_type(column.type, field, path)

    try:
        return column.cast(field.type)
    except (pa.ArrowException, ValueError):
        pass  # Arrow has no cast for some pairs, such as structs with other fields

    try:
        return pa.array(column.to_pylist(), field.type)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise DatasetError(
            f"{path}: column {field.name!r} is {column.type}, not {field.type}"
        ) from error


def check_column_type(actual: pa.DataType, field: pa.Field, path: Path) -> None:
    """Raise DatasetError, naming the column, if a type has another meaning than that of `field`."""
    is_images = field.name == "images"
    compatible = is_image_list(actual) if is_images else _is_compatible(actual, field.type)
    if not compatible:
        raise DatasetError(f"{path}: column {field.name!r} is {actual}, not {field.type}")


def is_image_list(kind: pa.DataType) -> bool:
    """Whether a type is a list of structs with `bytes`, as `datasets` stores images."""
    if not _is_list(kind):
        return False

    value = kind.value_type
    return pa.types.is_struct(value) and value.get_field_index("bytes") >= 0


def _is_compatible(actual: pa.DataType, expected: pa.DataType) -> bool:
    if pa.types.is_null(actual):
        return True
    if pa.types.is_dictionary(actual):
        actual = actual.value_type
    if _is_text(expected):
        return _is_text(actual)
    if pa.types.is_integer(expected) or pa.types.is_floating(expected):
        return pa.types.is_integer(actual) or pa.types.is_floating(actual)
    if _is_list(expected):
        return _is_list(actual) and _is_compatible(actual.value_type, expected.value_type)

    if pa.types.is_struct(expected):
        return pa.types.is_struct(actual) and all(
            actual.get_field_index(field.name) < 0
            or _is_compatible(actual.field(field.name).type, field.type)
            for field in expected
        )

    return False


def _is_text(kind: pa.DataType) -> bool:
    return (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _is_list(kind: pa.DataType) -> bool:
    return (
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_list_view(kind)
        or pa.types.is_large_list_view(kind)
    )
