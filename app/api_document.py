"""The OpenAPI document as its readable page shows it: operations by heading, with parameters, bodies and answers."""

from dataclasses import dataclass
from typing import Any

# Bounds from here on are those of the database and tell the reader nothing.
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Field:
    """A parameter or a property of a body."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    description: str
    parameters: list[Field]
    body: list[Field]
    status: str
    answer: str


@dataclass(frozen=True)
class Document:
    headings: dict[str, list[Operation]]
    schemas: dict[str, list[Field]]


def read_document(document: dict[str, Any]) -> Document:
    """The parts of an OpenAPI document that a reader needs, in its order."""
    schemas = document["components"]["schemas"]
    headings: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found = _operation(path, method, operation, schemas)
            headings.setdefault(operation["tags"][0], []).append(found)
    answers = {
        name: _fields(schema, schemas) for name, schema in schemas.items() if "properties" in schema
    }
    return Document(headings, answers)


def _operation(
    path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]
) -> Operation:
    # JSON, or a form with a file, which is described where it stands.
    contents: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    body: dict[str, Any] = next((one["schema"] for one in contents.values()), {})
    body = schemas.get(_kind(body, schemas), body)
    status = next(code for code in operation["responses"] if code.startswith("2"))
    answer = operation["responses"][status].get("content", {}).get("application/json", {})
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        description=operation.get("description", ""),
        parameters=[_parameter(one, schemas) for one in operation.get("parameters", [])],
        body=_fields(body, schemas) if "properties" in body else [],
        status=status,
        answer=_kind(answer.get("schema", {}), schemas),
    )


def _parameter(parameter: dict[str, Any], schemas: dict[str, Any]) -> Field:
    schema = parameter["schema"]
    description = parameter.get("description") or schema.get("description", "")
    return Field(
        parameter["name"], _kind(schema, schemas), parameter.get("required", False), description
    )


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[Field]:
    required = schema.get("required", [])
    return [
        Field(name, _kind(one, schemas), name in required, one.get("description", ""))
        for name, one in schema["properties"].items()
    ]


def _kind(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """A type in a few characters: `string`, `integer or null`, `ProposalItem[]`, `newest | trending`, `1 to 100`."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        # A list of choices is best read where it is used.
        return _kind(schemas[name], schemas) if "enum" in schemas[name] else name
    if "anyOf" in schema:
        return " or ".join(_kind(one, schemas) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " | ".join(str(value) for value in schema.get("enum") or [schema["const"]])
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}), schemas)}[]"
    if "minimum" in schema and schema.get("maximum", LARGEST) < LARGEST:
        return f"{schema['type']}, {schema['minimum']} to {schema['maximum']}"
    return str(schema.get("format") or schema.get("type", ""))
