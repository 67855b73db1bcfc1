"""Own bank accounts, the files of statements that banks give out, and what their entries are about: all pure."""
