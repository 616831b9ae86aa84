"""The shapes of the web API's answers as marshmallow schemas, made from the declared columns.

They describe; answers are written from the same columns without them, which is faster.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from alliance.api.columns import Column

_FIELDS: dict[str, type[ma.fields.Field[Any]]] = {
    "text": ma.fields.String,
    "integer": ma.fields.Integer,
    "number": ma.fields.Float,
    "flag": ma.fields.Boolean,
    "date": ma.fields.Date,
    "time": ma.fields.DateTime,
}


class AttributionSchema(ma.Schema):
    """Whose figures they are."""

    publisher = ma.fields.String(required=True, metadata={"description": "Who published them."})
    publication = ma.fields.String(required=True, metadata={"description": "In what."})
    licence = ma.fields.String(required=True, metadata={"description": "Under which licence."})
    homepage = ma.fields.String(required=True, metadata={"description": "Where that is."})


class AboutSchema(ma.Schema):
    """What an answer says of its figures."""

    release_id = ma.fields.String(
        required=True, metadata={"description": "The release that they are from."}
    )
    built_at = ma.fields.DateTime(
        required=True, metadata={"description": "When that was built, in UTC."}
    )
    demonstration = ma.fields.Boolean(
        required=True,
        metadata={"description": "True where every authority and figure is invented."},
    )
    mark = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What must stand beside invented figures; null for real ones."},
    )
    attribution = ma.fields.List(
        ma.fields.Nested(AttributionSchema),
        required=True,
        metadata={"description": "Whom to name wherever the figures are used."},
    )
    suppression = ma.fields.String(
        required=True, metadata={"description": "How figures that are not numbers stand."}
    )
    notes = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "How to read the columns."}
    )


class PageSchema(ma.Schema):
    """Which part of the rows an answer holds."""

    page = ma.fields.Integer(required=True, metadata={"description": "This page, from 1."})
    page_size = ma.fields.Integer(required=True, metadata={"description": "Rows to a page."})
    total = ma.fields.Integer(required=True, metadata={"description": "Rows on all pages."})
    total_pages = ma.fields.Integer(required=True, metadata={"description": "Pages there are."})
    next = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Address of the next page, of this release; null on the last."},
    )


def row_schema(name: str, columns: tuple[Column, ...]) -> type[ma.Schema]:
    """The schema of one row of those columns, under that name in the description."""
    return ma.Schema.from_dict({column.name: _field(column) for column in columns}, name=name)


def rows_schema(name: str, row: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of an answer that holds a page of rows."""
    return ma.Schema.from_dict(
        {
            "about": ma.fields.Nested(AboutSchema, required=True),
            "page": ma.fields.Nested(PageSchema, required=True),
            "data": ma.fields.List(ma.fields.Nested(row), required=True),
        },
        name=name,
    )


def one_schema(name: str, row: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of an answer about one thing."""
    return ma.Schema.from_dict(
        {
            "about": ma.fields.Nested(AboutSchema, required=True),
            "data": ma.fields.Nested(row, required=True),
        },
        name=name,
    )


def nested_rows(row: type[ma.Schema], meaning: str) -> ma.fields.Field[Any]:
    """A column that holds rows itself."""
    return ma.fields.List(ma.fields.Nested(row), required=True, metadata={"description": meaning})


def _field(column: Column) -> ma.fields.Field[Any]:
    options: dict[str, Any] = {
        "required": True,
        "allow_none": column.nullable,
        "metadata": {"description": column.meaning},
    }
    if column.values:
        options["validate"] = ma.validate.OneOf(column.values)
    if column.kind == "texts":
        return ma.fields.List(ma.fields.String(), **options)
    return _FIELDS[column.kind](**options)
