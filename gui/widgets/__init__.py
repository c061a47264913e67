"""General widgets that do not depend on neural networks."""
