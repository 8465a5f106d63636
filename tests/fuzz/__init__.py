"""Every address, asked in ways nobody means well by: what is sent, what it is sent to, and what may never come back."""
