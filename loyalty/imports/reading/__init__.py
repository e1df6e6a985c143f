"""What a cell of an earlier system's file says: pure functions of their arguments. No clock, no database, no Django."""
