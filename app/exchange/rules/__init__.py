"""Rules of exchanges: what may go where under which paper, and the steps from request to receipt."""
