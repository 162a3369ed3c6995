"""The thresholds that the tasks' definitions name, stated here a second time on purpose.

A threshold that a task documents but does not apply shows as samples under the audit's own one.
"""

SEEN_SHARE = 0.004
"""A thing is seen from this share of the picture on ..."""
SEEN_FRACTION = 0.3
"""... and from this fraction of itself unhidden."""
SPECK_SHARE = 0.0005
"""What covers less is seen by no one; between this and SEEN_SHARE nothing may hang on it."""
GAP = 0.15
"""Least relative gap between two lengths that are told apart ..."""
LEAST_GAP = 0.15
"""... and the least in metres."""
WIDTH_MARGIN = 0.05
"""Least gap between two masks, as a share of the picture's side."""
SMALLEST_CM = 15.0
NEAREST = 1.0
"""Metres. The nearest thing whose distance is asked for."""
SIZE_GAP = 0.2
ANGLE_MARGIN = 10.0
"""Degrees to the nearest boundary between two directions, on either side."""

SHARE_DOUBT = 0.1
"""Relative. Two renderers may differ by so much in the pixels of a small thing ..."""
FRACTION_DOUBT = 0.09
"""... and by so much in its unhidden fraction, which the tasks estimate from about 400 rays (3 standard errors)."""
DEPTH_DOUBT = 0.02
"""Metres in the nearest visible depth."""
