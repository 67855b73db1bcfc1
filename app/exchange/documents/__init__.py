"""Mails of exchanges."""
