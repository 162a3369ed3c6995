"""The thresholds that the tasks' definitions name, stated here a second time on purpose.

A threshold that a task documents but does not apply shows as samples beyond the audit's own one.
"""

MIN_PIXEL_SHARE = 0.004
"""A thing is seen from this share of the picture on ..."""
MIN_VISIBLE_FRACTION = 0.3
"""... and from this fraction of itself unhidden."""
NEGLIGIBLE_PIXEL_SHARE = 0.0005
"""What covers less is seen by no one; between this and SEEN_SHARE nothing may hang on it."""
MIN_CLEAR_PIXEL_SHARE = 0.01
"""Later tasks ask of things that cover at least this share of a picture ..."""
MIN_EXTENT_VISIBLE_FRACTION = 0.5
"""... and of a thing's extent only where it is whole in the picture and this much of it unhidden.
"""
MIN_RELATIVE_GAP = 0.15
MIN_GAP_METERS = 0.15
"""Least gap between two lengths that are told apart, relative and in metres."""
MIN_MASK_GAP = 0.05
"""Least gap between two masks, as a share of the picture's side."""
MIN_SIZE_CM = 15.0
MIN_CAMERA_DISTANCE = 1.0
"""Metres. The nearest thing whose distance is asked for."""
MIN_RELATIVE_SIZE_GAP = 0.2
MIN_SIZE_GAP_METERS = 0.1
"""Relative, and metres, by which one of two sizes must exceed the other."""
MIN_ANGLE_MARGIN = 10.0
"""Degrees to the nearest boundary between two directions, on either side."""
OVERLAP_RANGE = (0.1, 0.7)
"""Share of the first picture's points that the second one must and may show."""
MIN_MARK_SEPARATION = 0.075
"""Share of the width by which the right mark must be nearer to the true place than any other."""
MIN_MOVE_DISTANCE = 0.3
MIN_DIRECTION_RATIO = 2.0
"""Metres that a camera must have moved, and how many times the runner-up its main direction must
be.
"""
MIN_CAMERA_TURN = 15.0
MAX_TILT_CHANGE = 5.0
"""Degrees that a camera must have turned, and by how much its tilt may have changed meanwhile."""
MIN_BOX_DISTANCE = 0.2
"""Metres between two boxes whose distance is asked for."""
MIN_FLOOR_COVERAGE = 0.8
"""Share of a floor that a video must show before the room's size is asked for."""
MIN_BACK_ANGLE = 135.0
"""Degrees of turn from which on a direction of the middle level is "back"."""
MIN_STAND_DISTANCE = 0.3
MAX_CENTER_DISTANCE = 5.0
"""Metres between the boxes, and the middles, of the three things of a direction."""
MIN_WALK_TURN = 45.0
MIN_WALK_LEG = 0.8
MIN_CLEARANCE = 0.2
"""Degrees of a walk's turns, metres of its parts, and metres that it keeps from walls and
furniture.
"""
MAX_STATIC_DISPLACEMENT = 0.02
MAX_STATIC_ROTATION = 2.0
"""Metres and degrees within which something has not moved."""
MIN_DISTANCE_CHANGE = 0.2
MAX_SAME_DISTANCE_CHANGE = 0.05
"""Relative change of a distance from which on it is another one, and up to which it is the same."""
MIN_STRAIGHTNESS = 0.8
"""Share of its way that a thing's move must be."""
MIN_CONSECUTIVE_FRAMES = 2
MIN_SECONDS_APART = 1.0
"""Frames that a thing must show in to have appeared, and seconds between two appearances."""

PIXEL_SHARE_TOLERANCE = 0.1
"""Relative. Two renderers may differ by so much in the pixels of a small thing ..."""
VISIBLE_FRACTION_TOLERANCE = 0.09
"""... and by so much in its unhidden fraction, which the tasks estimate from about 400 rays (3
standard errors).
"""
DEPTH_TOLERANCE = 0.02
"""Metres in the nearest visible depth."""
OVERLAP_TOLERANCE = 0.06
"""In a share of points that two pictures have in common."""
