"""Agreements about material: what may go where, under which paper."""
