"""Holds what a service has answered against its model: what botocore's parser would pass over in silence."""

import json
import xml.etree.ElementTree as ElementTree

SCALARS = {
    "string": str,
    "character": str,
    "blob": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
}


def problems_of(operation, body):
    """What is wrong with the body of an answer: pairs of a check and a place in the answer."""
    shape = operation.output_shape
    if shape is None or "payload" in shape.serialization:
        return []
    protocol = operation.service_model.resolved_protocol
    if protocol == "query":
        root = ElementTree.fromstring(body)
        result = next((child for child in root if child.tag == f"{operation.name}Result"), root)
        return list(in_xml(shape, result, operation.name))
    return list(in_json(shape, json.loads(body or b"{}"), operation.name))


def in_json(shape, value, place):
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            yield "type", place
            return
        if getattr(shape, "is_document_type", False):
            return
        members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for name, inner in value.items():
            if name not in members:
                yield "unknown member", f"{place}.{name}"
            elif inner is None:
                yield "null", f"{place}.{name}"
            else:
                yield from in_json(members[name], inner, f"{place}.{name}")
        yield from missing(shape, value, place)
    elif shape.type_name == "list":
        if not isinstance(value, list):
            yield "type", place
            return
        for inner in value:
            yield from in_json(shape.member, inner, f"{place}[]")
    elif shape.type_name == "map":
        if not isinstance(value, dict):
            yield "type", place
            return
        for inner in value.values():
            yield from in_json(shape.value, inner, f"{place}{{}}")
    else:
        yield from scalar(shape, value, place)


def scalar(shape, value, place):
    wanted = SCALARS[shape.type_name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        yield "type", place
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield "enum", place


def in_xml(shape, node, place):
    if shape.type_name == "structure":
        members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for child in node:
            if child.tag not in members:
                yield "unknown member", f"{place}.{child.tag}"
            else:
                yield from in_xml(members[child.tag], child, f"{place}.{child.tag}")
        yield from missing(shape, {child.tag for child in node}, place)
    elif shape.type_name == "list":
        name = shape.member.serialization.get("name", "member")
        for child in node:
            if child.tag != name:
                yield "unknown member", f"{place}.{child.tag}"
            else:
                yield from in_xml(shape.member, child, f"{place}[]")
    elif shape.type_name in ("integer", "long"):
        if not (node.text or "").lstrip("-").isdigit():
            yield "type", place
    elif getattr(shape, "enum", None) and node.text not in shape.enum:
        yield "enum", place


def missing(shape, present, place):
    for name in shape.required_members:
        if shape.members[name].serialization.get("name", name) not in present:
            yield "missing member", f"{place}.{name}"
