"""Words and numbers as people read them; what is foreign in them is made harmless."""
