"""Failures on the wire: problem+json with pointers, never with what the client sent or a stack trace."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.errors import AppError, FieldError, InvalidRequest, NotFound, Unavailable
from app.failures import pointer
from app.http.problems import problem_response, translate

LOCATIONS = {
    "nested": (("body", "ticket", "messages", 0, "text"), "/ticket/messages/0/text"),
    "query": (("query", "ticket_id"), "/query/ticket_id"),
    "escaped": (("body", "a/b~c"), "/a~1b~0c"),
    "whole body": (("body",), ""),
}


@pytest.mark.parametrize("name", LOCATIONS)
def test_pointers_follow_rfc_6901(name):
    """A field's place as a JSON pointer."""
    location, expected = LOCATIONS[name]
    assert pointer(location) == expected


def test_a_lone_surrogate_in_a_field_name_does_not_break_the_answer():
    """Whatever a client names a field, the problem can be encoded."""
    error = InvalidRequest(errors=(FieldError("/\ud800", "is not a field"),))
    assert problem_response(error, "req_1").status_code == 422


def test_a_dropped_connection_is_unavailable_and_a_broken_query_is_ours():
    """503 tells the client to come back; 500 tells us to look."""
    gone = OperationalError("SELECT 1", {}, Exception("terminating connection"))
    assert isinstance(translate(gone), Unavailable)
    broken = translate(ProgrammingError("SELECT nonsense", {}, Exception("no such column")))
    assert type(broken) is AppError
    assert "nonsense" not in broken.detail


def test_an_errors_docstring_is_its_default_message():
    """The tree at the top of the module is what users read."""
    assert NotFound().problem("r")["detail"] == "There is nothing under this address."
