"""People: their accounts, how they sign in, and who is asking. What they may do is decided in
`alliance.access`."""
