"""Readers that turn exports of helpdesks, and our own files, into records: solved tickets, macros, or named rejects.

    from app.knowledge.ingest import open_source
    for record in open_source(path).records():
        match record.item: ...

No database, no network, constant memory. Everything is one pipeline:

    encoding → rows (jsonlines | document | table) → shape (own | zendesk | gorgias | freshdesk | mapping)
             → thread (quotes, signatures and notes cut) → SolvedTicket | FoundMacro | Rejected
"""

from app.knowledge.ingest.contract import TicketIn, parse_line
from app.knowledge.ingest.errors import BadMapping, UnreadableFile
from app.knowledge.ingest.mapping import Mapping, load_mapping
from app.knowledge.ingest.records import (
    FoundMacro,
    Item,
    Person,
    Position,
    Record,
    Rejected,
    SolvedTicket,
)
from app.knowledge.ingest.source import Source, open_source

__all__ = [
    "BadMapping",
    "FoundMacro",
    "Item",
    "Mapping",
    "Person",
    "Position",
    "Record",
    "Rejected",
    "SolvedTicket",
    "Source",
    "TicketIn",
    "UnreadableFile",
    "load_mapping",
    "open_source",
    "parse_line",
]
