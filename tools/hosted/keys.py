"""Finds the key that a backend's table or the environment gives."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from nightshoot.errors import InputError


def found_key(
    *, given: SecretStr, variable: str, usual: str, environment: Mapping[str, str], table: str
) -> SecretStr:
    """Gives a key, or an empty one where nobody gave any.

    Args:
        given: the key itself, from the table.
        variable: the name of the environment variable that the table says holds it.
        usual: the variable that is looked into where the table says nothing.
        environment: the environment.
        table: the table's name, for messages.

    Raises:
        InputError: the variable that the table names is not set, or the key fits no header.
    """
    text = given.get_secret_value().strip()
    if not text and variable:
        text = environment.get(variable, "").strip()
        if not text:
            raise InputError(f"[{table}] in the settings: the variable {variable} is not set")
    if not text and usual:
        text = environment.get(usual, "").strip()
    if not text.isascii() or not text.isprintable():
        raise InputError(
            f"[{table}] in the settings: a key has no characters beyond ASCII: copy it again"
        )
    return SecretStr(text)
