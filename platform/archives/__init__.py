"""A union as a whole: written out in open formats, taken in elsewhere, destroyed when its time is over."""
