"""Forms of agreements: drafts, steps, signatures."""
