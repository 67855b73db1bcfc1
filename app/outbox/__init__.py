"""Work and mail that a change causes, written with the change and carried out after it.

Words: a *job* is work for the worker: its kind names a handler; a *lease* is a worker's hold on it; a *dead letter* is
a job that failed too often and waits for the secretariat; a *mail* keeps its Message-ID for life.
Invariants: a job row is written in the change's own transaction; the queue carries ids only; a sweep runs again what a
crash left; handlers may be run twice without doing anything twice.
"""
