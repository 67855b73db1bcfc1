"""What holds for lines, as pure functions over values."""

from app.lines.rules.kinds import AlleleClass, MaterialForm, Stage

__all__ = ["AlleleClass", "MaterialForm", "Stage"]
