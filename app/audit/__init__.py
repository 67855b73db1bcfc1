"""The trail of who changed what, when and why, in a chain of hashes nobody can mend unseen.

Words: an *entry* is one change; its *hash* covers its contents and the hash before it; the *head* is the last hash.
Invariants: entries are appended just before commit, in the transaction of the change, under one short lock; personal
values are kept beside the chain with a salt, so erasing a person leaves the chain whole; nothing updates an entry.
"""
