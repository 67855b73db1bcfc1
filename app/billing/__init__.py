"""What each member owes and has paid.

Words: a *fee schedule* says what a class pays a year, dated; a *fee run* bills a year: preview, drafts, issue; an
*invoice* is a draft until it is issued, and frozen from then on; a *payment* is money received from a payer and an
*allocation* what settles an invoice with it; a *credit note* takes back what an invoice claimed; a *charge* is owed
once, outside the runs; the *ledger* books all of it in double entry, in one currency, and its years close.
Invariants: money is exact; invoice numbers have no holes; an issued invoice never changes; a charge is billed once;
each ledger entry adds to zero; an invoice's open amount is its total less its allocations, and never negative.
"""
