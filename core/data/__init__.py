"""The datasets a network is trained and tested on."""
