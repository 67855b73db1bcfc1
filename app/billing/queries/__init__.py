"""Every read of billing: fee schedules, charges of a year, invoices, payments, the ledger, balances, and its proofs."""
