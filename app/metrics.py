"""Prometheus metrics: counts and times by route, stage, engine and rule; no label ever holds an id or a text."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10, 30)

REQUESTS = Counter("vierklang_requests_total", "HTTP requests", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("vierklang_request_seconds", "Time to answer", ["route"], buckets=_FAST)
DRAFTS = Counter("vierklang_drafts_total", "Drafts answered", ["engine", "status", "kind", "language"])
FELL_BACK = Counter("vierklang_fallbacks_total", "Drafts the composer wrote because the model could not", ["reason"])
STAGE_SECONDS = Histogram("vierklang_stage_seconds", "Time by stage of the pipeline", ["stage"], buckets=_FAST)
FINDINGS = Counter("vierklang_findings_total", "Findings in delivered or blocked drafts", ["rule", "severity"])
