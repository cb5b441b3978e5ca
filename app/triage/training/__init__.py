"""What the cause model was learned from, and how."""
