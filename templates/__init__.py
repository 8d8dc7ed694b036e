"""kigen.templates: words and markup; what they say is decided in kigen.policy."""
