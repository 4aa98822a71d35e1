"""What runs inside a worker's container, handed to its python3 as text.

Standard library only, nothing newer than Python 3.9. The modules import each other in the order
kernel, files, turn, supervisor.
"""
