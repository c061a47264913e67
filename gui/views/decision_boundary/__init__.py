"""What the network decides over the plane of two inputs."""
