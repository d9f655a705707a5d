"""The tutor itself: everything about teaching, nothing about any chat platform."""
