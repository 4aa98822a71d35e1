"""Asking models through pydantic-ai. What is here needs the extra `models`, and takes seconds to
import: solvers import it in the moment they ask."""
