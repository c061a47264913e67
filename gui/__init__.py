"""The windows: PySide6 and pyqtgraph."""
