"""The stage of gradient descent on one weight."""
