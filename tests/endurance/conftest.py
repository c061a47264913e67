"""What the tests of the window share."""

from tests.gui.conftest import *  # noqa: F403
from tests.gui.conftest import (  # noqa: F401  (which a star leaves out)
    _at_the_desk,
    _clipboard_of_the_tests,
    _garbage_between_tests,
    _garbage_of_modules,
    _no_mouse_stays,
)
