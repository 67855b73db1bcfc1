"""Every write of exchanges, of their papers, and of who holds which line."""
