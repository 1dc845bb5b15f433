"""Checks a value against a JSON Schema: as much of it as the API's OpenAPI document uses, and no more."""

from typing import Any

Schema = dict[str, Any]
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = {
    "$ref", "type", "properties", "required", "items", "anyOf", "enum", "const", "additionalProperties", "title", "description",
    "format", "default", "maxLength", "minLength", "maximum", "minimum", "maxItems", "pattern",
}  # fmt: skip


def errors(value: Any, schema: Schema, schemas: dict[str, Schema], at: str = "$") -> list[str]:
    """What is wrong with a value; fields that the schema does not name count as wrong."""
    assert schema.keys() <= _KNOWN, f"teach this module {schema.keys() - _KNOWN}"
    if "$ref" in schema:
        return errors(value, schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, at)
    if "anyOf" in schema:
        tries = [errors(value, one, schemas, at) for one in schema["anyOf"]]
        return [] if [] in tries else [f"{at}: fits none of anyOf: {tries}"]
    if "const" in schema and value != schema["const"]:
        return [f"{at}: {value!r} is not {schema['const']!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is not one of {schema['enum']}"]
    if "type" in schema and not _is_of_type(value, schema["type"]):
        return [f"{at}: {value!r} is no {schema['type']}"]
    return [*_in_object(value, schema, schemas, at), *_in_array(value, schema, schemas, at)]


def _is_of_type(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name])


def _in_object(value: Any, schema: Schema, schemas: dict[str, Schema], at: str) -> list[str]:
    if not isinstance(value, dict):
        return []
    properties, more = schema.get("properties", {}), schema.get("additionalProperties", False)
    found = [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
    for name, one in value.items():
        inner = properties.get(name, more)
        if inner is False:
            found.append(f"{at}: {name} is not documented")
        elif isinstance(inner, dict):
            found += errors(one, inner, schemas, f"{at}.{name}")
    return found


def _in_array(value: Any, schema: Schema, schemas: dict[str, Schema], at: str) -> list[str]:
    if not isinstance(value, list):
        return []
    inner = schema.get("items", {})
    return [e for i, one in enumerate(value) for e in errors(one, inner, schemas, f"{at}[{i}]")]
