"""Model clients, one room a vendor."""
