"""Room 1: sources → captures. Copies bytes as they are and notes what was said beside them."""
