"""What leaves the product: one table of an export, and a writer for each form that it may take."""
