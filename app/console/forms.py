"""Posted forms, read once: urlencoded only, bounded, without a parser of files nobody sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from app.errors import InvalidRequest

_MOST_FIELDS = 300


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a posted form, by name."""

    fields: Mapping[str, list[str]]

    def get(self, name: str, default: str = "") -> str:
        """The first value, without carriage returns (browsers send CRLF) and surrounding space."""
        return self.raw(name, default).strip()

    def raw(self, name: str, default: str = "") -> str:
        """The first value as it was typed."""
        return next(iter(self.fields.get(name, ())), default).replace("\r\n", "\n").replace("\r", "\n")

    def all(self, name: str) -> list[str]:
        """All values of a field that may be sent several times."""
        return self.fields.get(name, [])

    def beginning(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Name without the prefix, and value, of each field whose name begins so."""
        for name in self.fields:
            if name.startswith(prefix):
                yield name.removeprefix(prefix), self.get(name)


async def read_form(request: Request) -> Form:
    """The form of a request. Raises InvalidRequest for anything that is no urlencoded form in UTF-8."""
    kind = request.headers.get("content-type", "application/x-www-form-urlencoded")
    if not kind.startswith("application/x-www-form-urlencoded"):
        raise InvalidRequest("send the form as application/x-www-form-urlencoded")
    try:
        body = (await request.body()).decode("ascii")
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise InvalidRequest("this form cannot be read; send it again") from error
    return Form(fields)


Posted = Annotated[Form, Depends(read_form)]
