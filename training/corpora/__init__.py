"""Rights-clean music in one normal form, split and listed in a manifest."""
