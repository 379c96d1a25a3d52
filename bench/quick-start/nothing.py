"""What every process costs: Python's start and its end."""

from figures import say_figures

say_figures()
