"""kill -9 of everything, at random moments, under load: what was acknowledged is there, once, bit for bit."""
