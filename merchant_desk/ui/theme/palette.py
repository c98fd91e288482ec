"""The Qt palette, so that whatever the style sheet does not name still has our colours."""

from PySide6.QtGui import QColor, QPalette

from merchant_desk.ui.theme.tokens import Colours, Scheme

Role = QPalette.ColorRole
Group = QPalette.ColorGroup


def palette(colours: Colours) -> QPalette:
    """Return Fusion's palette in these colours, disabled states included."""
    dark = colours.scheme is Scheme.DARK
    roles = {
        Role.Window: colours.background,
        Role.WindowText: colours.ink,
        Role.Base: colours.panel,
        Role.AlternateBase: colours.hover,
        Role.Text: colours.ink,
        Role.PlaceholderText: colours.placeholder,
        Role.Button: colours.panel,
        Role.ButtonText: colours.ink,
        Role.BrightText: colours.refused,
        Role.Highlight: colours.accent,
        Role.HighlightedText: colours.on_accent,
        Role.Link: colours.accent,
        Role.LinkVisited: colours.info,
        Role.ToolTipBase: colours.ink if not dark else colours.neutral_tint,
        Role.ToolTipText: colours.panel if not dark else colours.ink,
        Role.Light: colours.panel,
        Role.Midlight: colours.hover,
        Role.Mid: colours.line,
        Role.Dark: colours.field_line,
        Role.Shadow: colours.overlay,
        Role.Accent: colours.accent,
    }
    result = QPalette()
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        result.setColor(Group.Disabled, role, QColor(colours.ink_third))
    result.setColor(Group.Disabled, Role.Highlight, QColor(colours.line))
    return result
