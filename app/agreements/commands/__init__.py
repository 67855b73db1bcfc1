"""What can be done with agreements, and with the templates and signatories they need."""
