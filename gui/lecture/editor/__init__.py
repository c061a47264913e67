"""The lecture editor: scenes in their order, the running stage, and the words and builds of a scene."""
