"""How the fake server refuses a workflow: by its own rules, not by the client's.

Source: ComfyUI execution.py, `validate_prompt` and `validate_inputs`: the types, the words and the
shape of `error` and `node_errors`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from pydantic import JsonValue

Json = Mapping[str, JsonValue]


def refusal(prompt: JsonValue, info: Json, uploads: Container[str]) -> dict[str, JsonValue] | None:
    """Gives the body of the 400 with which a prompt is refused, or None where it is good."""
    if not isinstance(prompt, dict) or not prompt:
        return _error("no_prompt", "No prompt provided", "")
    gives = False
    errors: dict[str, JsonValue] = {}
    for id_, node in prompt.items():
        kind = node.get("class_type") if isinstance(node, dict) else None
        told = info.get(kind) if isinstance(kind, str) else None
        if not isinstance(node, dict) or not isinstance(told, dict):
            return _error("missing_node_type", f"Node '{kind}' not found.", f"Node ID '#{id_}'")
        gives = gives or told["output_node"] is True
        inputs = node.get("inputs")
        reasons: list[JsonValue] = list(
            _faults(inputs if isinstance(inputs, dict) else {}, told, prompt, uploads)
        )
        if reasons:
            errors[id_] = {"errors": reasons, "dependent_outputs": [], "class_type": kind}
    if not gives:
        return _error("prompt_no_outputs", "Prompt has no outputs", "")
    if not errors:
        return None
    body = _error("prompt_outputs_failed_validation", "Prompt outputs failed validation", "")
    return body | {"node_errors": errors}


def _faults(
    inputs: Json, told: Json, prompt: Json, uploads: Container[str]
) -> Iterator[dict[str, JsonValue]]:
    sections = told["input"]
    assert isinstance(sections, dict)
    for section, listed in sections.items():
        assert isinstance(listed, dict)
        for name, spec in listed.items():
            assert isinstance(spec, list)
            if name not in inputs:
                if section == "required":
                    yield _reason("required_input_missing", "Required input is missing", name)
                continue
            yield from _value_faults(name, inputs[name], spec, prompt, uploads)


def _value_faults(
    name: str, value: JsonValue, spec: list[JsonValue], prompt: Json, uploads: Container[str]
) -> Iterator[dict[str, JsonValue]]:
    type_, extra = spec[0], spec[1] if len(spec) > 1 else {}
    assert isinstance(extra, dict)
    if isinstance(value, list):
        if len(value) != 2 or str(value[0]) not in prompt:
            yield _reason("bad_linked_input", "Bad linked input", name)
        return
    if extra.get("image_upload"):
        if value not in uploads:
            yield _reason(
                "custom_validation_failed", "Custom validation failed for node", f"{name}: {value}"
            )
        return
    options = type_ if isinstance(type_, list) else extra.get("options")
    if isinstance(options, list):
        if value not in options:
            yield _reason(
                "value_not_in_list", "Value not in list", f"{name}: '{value}' not in list"
            )
        return
    if type_ not in ("INT", "FLOAT", "STRING", "BOOLEAN"):
        yield _reason("return_type_mismatch", "Return type mismatch between linked nodes", name)
    elif type_ in ("INT", "FLOAT"):
        yield from _number_faults(name, value, extra)


def _number_faults(name: str, value: JsonValue, extra: Json) -> Iterator[dict[str, JsonValue]]:
    try:
        given = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        yield _reason("invalid_input_type", "Failed to convert an input value", f"{name}, {value}")
        return
    least, most = extra.get("min"), extra.get("max")
    if isinstance(least, (int, float)) and given < least:
        yield _reason("value_smaller_than_min", f"Value {value} smaller than min of {least}", name)
    if isinstance(most, (int, float)) and given > most:
        yield _reason("value_bigger_than_max", f"Value {value} bigger than max of {most}", name)


def _reason(type_: str, message: str, details: str) -> dict[str, JsonValue]:
    return {"type": type_, "message": message, "details": details, "extra_info": {}}


def _error(type_: str, message: str, details: str) -> dict[str, JsonValue]:
    return {"error": _reason(type_, message, details), "node_errors": {}}
