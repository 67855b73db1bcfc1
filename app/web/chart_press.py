"""Draws one chart as a program of its own: a specification comes in, SVG goes out.

The engine it draws with takes 250 MB and never gives them back; so it ends with each drawing, and web processes stay
small. It must import nothing of ours.
"""

from __future__ import annotations

import sys

import vl_convert

VEGA_LITE = "6.4"  # The newest that vl-convert knows; pages draw the same language.
PAPER_FONT = "Noto Sans"


def draw() -> None:
    """Write the picture of the specification that is read; nothing is fetched for it."""
    sys.stdout.write(
        vl_convert.vegalite_to_svg(
            sys.stdin.read(), vl_version=VEGA_LITE, config={"font": PAPER_FONT}, allowed_base_urls=[]
        )
    )


if __name__ == "__main__":
    draw()
