"""What breaks under a clinic at work: a real server with a database of its own, people who type, and a fault."""
