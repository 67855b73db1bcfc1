"""Stored documents: named by the SHA-256 of their bytes, written once, on a folder or S3.

Words: a *stored file* is the record of such bytes, with their type and the name they are downloaded under.
Invariants: bytes are never changed and never removed by a feature; the same bytes are kept once; who may read a file
is decided by the record that holds it.
"""
