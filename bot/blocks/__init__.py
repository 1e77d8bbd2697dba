"""What people see in Slack, as pure functions of values: no clock, no call, no state."""
