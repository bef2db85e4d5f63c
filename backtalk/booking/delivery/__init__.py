"""Telling a clinic's own systems of a request: one file for each kind of target, behind one protocol."""
