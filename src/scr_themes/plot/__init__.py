"""The report's charts as matplotlib figures, for papers and notebooks.

Each function draws into ``ax``, or into a figure of its own, and returns the axes: set titles,
sizes and languages there, and save with ``ax.figure.savefig("themes.pdf")``. Nothing is shown,
and neither matplotlib's settings nor its backend are changed. One hue, from light to dark, so that
the charts can be read in black and white and by the colour-blind.

Needs the extra ``plot``, which brings matplotlib.
"""

from scr_themes.plot.charts import reliability, roles, themes, together, years

__all__ = ["reliability", "roles", "themes", "together", "years"]
