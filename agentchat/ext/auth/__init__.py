"""Ways to prove to a service who is calling, one room a library."""
