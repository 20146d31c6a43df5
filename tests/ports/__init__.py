"""The one contract of all bodies of Records: rules of ownership, order and time."""
