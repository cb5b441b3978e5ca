"""All tables. Every row carries its tenant; row-level security is forced on every table (see migrations)."""

from app.models.base import Base
from app.models.desk import DeskTicket
from app.models.drafts import Draft, DraftOutcome, IdempotencyReplay
from app.models.jobs import Job, JobReject, JobRow
from app.models.knowledge import DraftMacro, Embedding, Macro, Precedent
from app.models.outbox import OutboxEvent
from app.models.tenancy import ApiKey, ShopProfile, Tenant

__all__ = [
    "ApiKey",
    "Base",
    "DeskTicket",
    "Draft",
    "DraftMacro",
    "DraftOutcome",
    "Embedding",
    "IdempotencyReplay",
    "Job",
    "JobReject",
    "JobRow",
    "Macro",
    "OutboxEvent",
    "Precedent",
    "ShopProfile",
    "Tenant",
]
