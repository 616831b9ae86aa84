"""The challenge log: everything an alliance writes to itself, from a question between neighbours to
an agreed priority and its effect.

Each kind of entry is declared in `alliance.log.kinds`: its fields, states and moves. All of them
are read through `alliance.log.entries`, which filters by the person who asks, and written through
`alliance.log.writing`, in one transaction a move. Who may is decided in `alliance.access`.
"""
