"""What follows an institution that is merged into another: its balance; its papers keep their addressee."""

from __future__ import annotations

from app.billing.models import Invoice, Payment, Posting
from app.members.commands.pointers import register_pointer

register_pointer(Invoice, "payer_id", "invoices, which keep the addressee they were issued to")
register_pointer(Payment, "payer_id", "payments")
register_pointer(Posting, "payer_id", "postings of its account")
