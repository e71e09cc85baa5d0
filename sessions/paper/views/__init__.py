"""Views of sheets and of the codes on them."""
