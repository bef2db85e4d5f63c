"""The clinician's pages: each red flag in plain words, made from the catalogue. Pure, like all of triage."""
