"""What happens to passes. Each function opens its own transaction; none talks to the network inside of one."""
