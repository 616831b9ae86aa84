"""The tests mirror the tree; `builders` makes the small country that most of them use."""
