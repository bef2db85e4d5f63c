"""Red flags: found in anything a patient types. Pure: no Rasa, no files after loading, no clock."""
