"""Windows that belong to the others: the manual, the import of data, the shortcut sheet, the QR code."""
