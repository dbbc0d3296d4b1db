"""What the bot can be asked, one verb family a file: (Request, Toolbox) -> Reply.

Slack, the command line, the help and the README all read `bot.commands.table`.
"""
