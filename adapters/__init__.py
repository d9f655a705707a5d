"""The doors of the tutor: the command line and one folder per chat platform."""
