"""The windows of the program, made with PySide6 and pyqtgraph."""
