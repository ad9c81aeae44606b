"""The whole province, kept where a dying disk cannot reach it, and brought back.

``store`` knows the folder, ``base`` the database whole, ``wal`` every change since, ``media`` the files,
``keys`` what opens them, ``rule`` how long each stays, ``province`` puts them together, ``restoring`` brings
them back. ``age`` is the sealing. None of it needs Django but to write down that it worked.
"""
