"""What people do: say, command, click, submit, look."""
