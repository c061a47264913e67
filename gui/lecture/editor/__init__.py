"""The lecture editor: the list of scenes, the running stage, and the texts and builds of a scene."""
