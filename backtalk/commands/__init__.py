"""The subcommands of `backtalk`, one file each."""
