"""Every read of agreements."""
