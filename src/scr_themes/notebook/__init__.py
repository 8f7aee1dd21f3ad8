"""How results look in Jupyter: the ``_repr_html_`` of documents, tags, figures and codebooks.

Whatever a notebook shows is saved in its file, so every view is short and says what it leaves out;
whatever comes from a document is escaped. The colours are the notebook's own, light or dark.
"""
