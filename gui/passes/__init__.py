"""One pass as it is shown: whose numbers they are, and how they were worked out."""
