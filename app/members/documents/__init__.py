"""Contents of papers and files that members makes."""
