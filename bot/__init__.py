"""Slack and the command line: asks `knowledge`, turns answers into messages."""
