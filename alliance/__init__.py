"""What members see and do: settings, refreshing, the Dash app and the `alliance` command."""

__version__ = "0.1.0"
