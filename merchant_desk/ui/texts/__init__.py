"""Every text that a person reads, in Chinese and English, a file per subject.

No Qt: the command line reads them too.

A subject file holds `TEXTS: Texts = {key: (Chinese, English)}`; it is found by being in this folder.
"""
