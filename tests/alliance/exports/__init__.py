"""What leaves the product, read back by other programs than those that wrote it."""
