"""What stands out: declared rules, the error that they promise together, and the short list."""
