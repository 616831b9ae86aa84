"""The commands, one module each: words in, work done, result printed. No work of their own."""
