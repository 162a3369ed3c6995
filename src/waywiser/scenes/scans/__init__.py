"""Real scans: a plain folder of pictures, depth, poses and boxes, read as a `Scene` with its frames
(docs/guide/scans.md).
"""
