"""Text in, Document out. No Django, no models, no paths."""

from sessions.documents.document import Document
from sessions.documents.faults import DocumentError, Fault
from sessions.documents.parser import parse_document

__all__ = ["Document", "DocumentError", "Fault", "parse_document"]
