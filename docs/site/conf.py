"""How Sphinx builds the site (docs/site/build.py lays out what it is built from)."""

from xenosim import __version__

project, author, release = "xenosim", "The xenosim developers", __version__
root_doc = "README"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline"]
html_theme = "furo"
html_title = f"xenosim {__version__}"
# Examples of docstrings stand in their tests' words.
napoleon_google_docstring = False
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_default_options = {"members": True, "undoc-members": False}
# Names of types that packages do not document for links are no mistakes of a page.
nitpicky = False
suppress_warnings = ["myst.header", "myst.xref_ambiguous"]
