"""The demonstration consortium: the IMPC as its public catalogue had it on 24 May 2016, with invented people.

Words: an *event* is one thing that happened on a day, such as an admission, an appointment or a payment.
Invariants: it is made by the same commands as everything else, each on its own day, so that time travel, the audit
trail and the ledger have true stories to tell; a database that holds anything is never touched.
"""
