"""The rules file: read, checked, read again when it changes, and a first one written."""
