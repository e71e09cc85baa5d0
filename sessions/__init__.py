"""The patient's guide: documents, pathway, wording and their pages."""
