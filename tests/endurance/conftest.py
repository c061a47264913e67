"""What the tests of the window share."""

from tests.gui.conftest import *  # noqa: F403
