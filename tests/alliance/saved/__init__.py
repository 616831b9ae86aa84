"""What people keep under a name."""
