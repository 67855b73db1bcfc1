"""What holds for lines, as pure functions over values."""

from app.lines.rules.identifiers import colony_key, mgi_id, strain_key
from app.lines.rules.kinds import CLASS_WORDS, FORM_WORDS, STAGE_WORDS, AlleleClass, MaterialForm, Stage
from app.lines.rules.stages import ORDER, PRODUCED, REACHED, Reached, check_history, newest_stage
from app.lines.rules.symbols import canonical_symbol, class_of_symbol, parts_of_symbol
from app.lines.rules.words import MARK, Findable, place_word, search_text_of, typed_words

__all__ = [
    "CLASS_WORDS",
    "FORM_WORDS",
    "MARK",
    "ORDER",
    "PRODUCED",
    "REACHED",
    "STAGE_WORDS",
    "AlleleClass",
    "Findable",
    "MaterialForm",
    "Reached",
    "Stage",
    "canonical_symbol",
    "check_history",
    "class_of_symbol",
    "colony_key",
    "mgi_id",
    "newest_stage",
    "parts_of_symbol",
    "place_word",
    "search_text_of",
    "strain_key",
    "typed_words",
]
