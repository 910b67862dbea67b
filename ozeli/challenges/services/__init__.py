"""What is done to a challenge: composed, published, prolonged, told."""
