"""Number displays and worked calculations that several stages share."""
