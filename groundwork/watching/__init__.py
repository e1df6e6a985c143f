"""What is watched: whether the clock and the workers live, and what fails each time."""
