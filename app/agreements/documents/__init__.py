"""Contents of papers and mails about agreements."""
