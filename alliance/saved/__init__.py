"""What people keep under a name: comparator sets and views, their own or shared with their
alliance. Nobody else sees one, neither in a list nor by a count nor by guessing its number."""
