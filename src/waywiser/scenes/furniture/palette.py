"""sRGB colors of parametric furniture."""

OAK, WALNUT, PINE, WHITE, BLACK = "#c49a6c", "#6b4428", "#dcb98a", "#eeece6", "#2c2b2b"
STEEL, GRAY, CHARCOAL = "#b4b8bc", "#8d8f92", "#4a4d52"
BLUE, GREEN, RED, MUSTARD, TEAL, BEIGE, BROWN = (
    "#3e5f8a",
    "#5d7f5a",
    "#a3423c",
    "#cf9f35",
    "#2f7f7c",
    "#d2c3a8",
    "#7d5238",
)
WOODS = (OAK, WALNUT, PINE, WHITE, "#a9744f", BLACK)
FABRICS = (BLUE, GRAY, GREEN, BEIGE, RED, TEAL)
