"""The figures by name: what is measured on the generated consortium, and what makes a site of its own."""
