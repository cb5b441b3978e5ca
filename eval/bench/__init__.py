"""`make bench`: prints each figure the README states, with how it was measured. Nothing here is a test."""
