"""The thresholds in the tasks' definitions, stated a second time on purpose.

If a task documents a threshold but does not apply it, its samples violate the one here.
"""

MIN_PIXEL_SHARE = 0.004
"""An object is visible if it covers at least this share of the image ..."""
MIN_VISIBLE_FRACTION = 0.3
"""... and at least this fraction of it is neither occluded nor outside the image ..."""
LARGE_PIXEL_SHARE = 0.02
"""... or if it covers at least this share ..."""
MIN_LARGE_VISIBLE_FRACTION = 0.12
"""... and at least this fraction of it shows."""
NEGLIGIBLE_PIXEL_SHARE = 0.0005
"""An object that covers less of the image counts as invisible; no answer may depend on an object
of which viewers could say either.
"""
SLIVER_PIXEL_SHARE = 0.0015
"""So does one that covers less than this share ..."""
SLIVER_VISIBLE_FRACTION = 0.08
"""... with less than this fraction of itself, if it has enough pixels to tell ..."""
MIN_SLIVER_PIXELS = 16
"""... which are these."""
THIN_SIDE = 0.012
"""A visible part narrower than this share of the image's height is not surely seen."""
LONG_SIDE = 0.12
"""A visible part longer than this share of the image's height, with half of the object, does not
count as invisible.
"""
MIN_RECOGNIZABLE_SIDE = 0.009
"""Nobody can tell an object by a part that is narrower than this share of the image's height ..."""
MIN_VISIBLE_SURFACE = 0.08
"""... or by less than this share of the surface that it would show if nothing hid it."""
MIN_LARGE_VISIBLE_SURFACE = 0.06
"""The same of what covers `LARGE_PIXEL_SHARE` of the image: a wardrobe behind a person, say."""
MIN_CONSPICUOUS_SIDE = 0.15
"""Everybody notices a part that is longer than this share of the image's height ..."""
MIN_CONSPICUOUS_FRACTION = 0.6
"""... if it is at least this fraction of the object."""
MIN_CLEAR_PIXEL_SHARE = 0.01
"""An object is clearly visible only if it covers at least this share of the image."""
MIN_EXTENT_VISIBLE_FRACTION = 0.5
"""The extent of an object is asked for only if at least this fraction of it is not occluded, and it
is not cut off by the image border.
"""
MIN_RELATIVE_GAP = 0.25
"""Minimum relative gap between two distances from an object that are compared."""
MIN_RELATIVE_DEPTH_GAP = 0.2
"""Minimum relative gap between two distances from the camera that are compared."""
MIN_GAP_METERS = 0.3
"""Minimum gap between two distances that are compared, in meters."""
MIN_ANCHOR_DISTANCE = 0.15
"""Minimum distance of a candidate from the object that distances are compared from, in meters."""
MIN_MASK_GAP = 0.05
"""Minimum gap between two masks, as a share of the image side."""
MIN_SIZE_CM = 15.0
"""Minimum length of an object that is asked about, in centimeters."""
MIN_CAMERA_DISTANCE = 1.0
"""Minimum distance from the camera that is asked for, in meters."""
MAX_CAMERA_DISTANCE = 6.0
"""Maximum distance from the camera that is asked for, in meters."""
MIN_RELATIVE_SIZE_GAP = 0.25
"""Minimum relative gap between two sizes that are compared."""
MIN_SIZE_GAP_METERS = 0.1
"""Minimum gap between two sizes that are compared, in meters."""
MIN_DIAGONAL_MARGIN = 15.0
"""Minimum angle between the direction of a motion and the diagonals, in degrees."""
MIN_ANGLE_MARGIN = 10.0
"""Minimum angle between a direction and the nearest boundary to another answer, in degrees."""
OVERLAP_RANGE = (0.3, 0.8)
"""Minimum and maximum share of the first image's points that the second one shows."""
MIN_MARK_SEPARATION = 0.075
"""Minimum lead of the right mark over any other in distance to the true pixel, as a share of the
image width.
"""
MIN_MOVE_DISTANCE = 0.3
"""Minimum movement of a camera or an object, in meters."""
MIN_DIRECTION_RATIO = 2.0
"""Minimum ratio of the main component of a camera's movement to any other."""
MIN_CAMERA_TURN = 15.0
"""Minimum turn of a camera's heading, in degrees."""
MAX_CAMERA_TURN = 60.0
"""Maximum turn of a camera's heading that is asked for, in degrees."""
MAX_TILT_CHANGE = 5.0
"""Maximum change of a camera's tilt during a turn, in degrees."""
MIN_DISPLACEMENT = 0.5
"""Minimum displacement that is asked for, in meters."""
MIN_BOX_DISTANCE = 0.2
"""Minimum distance between two boxes that is asked for, in meters."""
MIN_FLOOR_COVERAGE = 0.8
"""Minimum share of a floor that a video shows before the size of the room is asked for."""
MIN_BACK_ANGLE = 135.0
"""Minimum angle from straight ahead, in degrees, that counts as "back"."""
MIN_STAND_DISTANCE = 0.3
"""Minimum distance between the boxes of the three objects of a direction, in meters."""
MAX_CENTER_DISTANCE = 5.0
"""Maximum distance between the centers of the three objects of a direction, in meters."""
MIN_WALK_TURN = 45.0
"""Minimum turn of a route, in degrees."""
MIN_WALK_LEG = 0.8
"""Minimum length of a leg of a route, in meters."""
MIN_STOP_DISTANCE = 1.5
"""Minimum distance between the centers of any two stops of a route, in meters."""
MIN_LEG_DISTANCE = 0.8
"""Minimum distance between two legs of a route that do not meet, in meters."""
MAX_DISTRACTOR_DISTANCE = 1.0
"""Maximum distance from the marked object to another that a wrong mark lies on, in meters."""
MIN_CLEARANCE = 0.2
"""Minimum distance of a route from walls and furniture, in meters."""
MAX_STATIC_DISPLACEMENT = 0.02
"""Maximum displacement of an object that counts as static, in meters."""
MAX_STATIC_ROTATION = 2.0
"""Maximum rotation of an object that counts as static, in degrees."""
MIN_DISTANCE_CHANGE = 0.2
"""Minimum relative change of a distance that counts as closer or farther."""
MAX_SAME_DISTANCE_CHANGE = 0.05
"""Maximum relative change of a distance that counts as about the same."""
MIN_STRAIGHTNESS = 0.8
"""Minimum ratio of an object's displacement to the length of its path."""
MIN_SIDE_LEAD = 0.04
"""Minimum distance of the middle of an object from the edge of another that it is left or right of,
as a share of the image width.
"""
MIN_DISTANCE_DIFFERENCE = 0.5
"""Minimum difference of two distances that is asked for, in meters."""
MAX_OBJECT_DISTANCE = 6.0
"""Maximum distance between objects whose difference to another is asked for, in meters."""
MIN_DETOUR_SPACING = 1.0
"""Minimum distance between the centers of objects that one goes between, in meters."""
ORDER_RATIOS = {1: 0.5, 2: 0.25, 3: 0.25}
"""Minimum relative gap between neighbors in an order by size, by the number of steps."""
STEP_TURN_RANGE = (30.0, 170.0)
"""Minimum and maximum turn of somebody who has moved, in degrees."""
STEP_LENGTH_RANGE = (1.0, 5.0)
"""Minimum and maximum distance that one walks or turns between, in meters."""
MIN_LANDMARK_HEIGHT = 0.2
"""Minimum height of an object that one walks up to, in meters."""
MAX_FACED_HEIGHT = 2.0
"""Maximum height of the center of an object that one faces, in meters."""
MAX_FLOOR_GAP = 0.03
"""Maximum height above the floor of the bottom of what stands on it, in meters."""
MIN_FRAMES_INSIDE = 2
"""Minimum frames of a video whose camera stands in a room that is asked about."""
MIN_BESIDE_NONE = 2
"""Minimum things in the fullest room where another room has none."""
ROOM_SIGNS = {
    "bedroom": ("bed",),
    "kitchen": ("dishwasher", "fridge", "kitchen cabinet", "stove"),
    "bathroom": ("bathtub", "shower", "toilet"),
    "living room": ("sofa", "television"),
    "living-dining room": ("sofa", "television"),
    "dining room": ("table",),
    "office": ("desk",),
    "children's room": (
        "bunk bed",
        "crib",
        "dollhouse",
        "teddy bear",
        "toy box",
        "toy car",
    ),
    "hall": ("coat rack", "shoe rack"),
    "storage room": ("cardboard box", "crate", "storage tub"),
}
"""Objects of which one must be seen in a room for its use to be told."""
MIN_SECONDS_APART = 1.0
"""Minimum time between two appearances, or between the two times of a displacement, in seconds."""

PIXEL_SHARE_TOLERANCE = 0.1
"""Relative tolerance of a pixel share: two renderers differ by this much on small objects."""
VISIBLE_FRACTION_TOLERANCE = 0.09
"""Tolerance of a visible fraction, which the tasks estimate from about 400 rays (three standard
errors).
"""
LARGE_FRACTION_TOLERANCE = 0.05
"""The same near `MIN_LARGE_VISIBLE_FRACTION`, where the error is smaller."""
DEPTH_TOLERANCE = 0.02
"""Tolerance of the nearest visible depth, in meters."""
OVERLAP_TOLERANCE = 0.06
"""Tolerance of the share of points that two images have in common."""
