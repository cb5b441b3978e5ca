"""All addresses of the knowledge room."""

from app.knowledge.endpoints import router as search_router
from app.knowledge.insight_endpoints import router as insight_router
from app.knowledge.macro_endpoints import router as macro_router
from app.knowledge.ticket_endpoints import router as ticket_router

KNOWLEDGE_ROUTERS = (search_router, ticket_router, macro_router, insight_router)
