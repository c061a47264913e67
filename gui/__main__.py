"""`python -m gui` from a checkout is the same as `glassnet`."""

import sys

from gui.launch import main

sys.exit(main())
