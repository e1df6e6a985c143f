"""How the languages write dates and numbers where Django does not know it."""
