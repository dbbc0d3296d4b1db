"""What ATT&CK says and what a team knows about itself; it has never heard of Slack."""
