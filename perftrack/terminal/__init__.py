"""The numbers as text for a terminal."""
