"""A crew's inputs: from its JSON schema to a form, and from what was typed to values."""
