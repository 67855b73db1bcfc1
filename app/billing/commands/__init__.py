"""Every write of billing: fee schedules, fee runs, issuing, payments. Importing it names the handlers of its jobs."""

from __future__ import annotations

from app.billing.commands import issuing, printing

__all__ = ["issuing", "printing"]
