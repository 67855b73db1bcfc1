"""Every read of exchanges and holdings."""
