"""The shell: header, navigation, screens, status line. It knows no subject of the trade."""
