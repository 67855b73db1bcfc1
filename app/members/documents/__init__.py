"""Papers and files of members: the directory as printed, people as vCards."""

from app.members.documents.cards import address_card
from app.members.documents.directory import DirectoryPaper, directory_html, directory_map, directory_paper

__all__ = ["DirectoryPaper", "address_card", "directory_html", "directory_map", "directory_paper"]
