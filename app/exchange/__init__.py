"""Exchanges of material of lines between institutions: who asked, by which paper it went, and who has it since.

Words: a giver hands material to a taker; an exchange is one such request with its items, a holding is the days an
institution has a line. What a paper covers, and what consent, embargo and custody forbid, is one pure function,
`rules/permission.py`.

Invariants: nothing is shipped without a permission found under the lock at that moment, and its answer is kept; a
holding that came by an exchange names the item it was received with.
"""
