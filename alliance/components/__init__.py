"""Pieces that several pages share: the frame, pickers, chart frames, tables, badges."""
