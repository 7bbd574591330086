"""./dev bench: figures of speed and size, with their bars and with those of peers (run.py is the program)."""
