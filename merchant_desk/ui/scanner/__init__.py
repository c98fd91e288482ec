"""Scanner capture: keyboard-wedge and serial scanners become one ordered stream of scans.

`hub.ScannerHub` is the door; `keymap`, `run`, `frame`, `lines` and `learn` are pure and know no Qt.
"""
